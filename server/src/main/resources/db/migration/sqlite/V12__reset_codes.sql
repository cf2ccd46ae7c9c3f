-- With a reset code an account is begun anew under the same address, once (spec, section 10.18). One at most for each account.

CREATE TABLE reset_code (
    account    BLOB    NOT NULL PRIMARY KEY REFERENCES account (account),
    code_hmac  BLOB    NOT NULL CHECK (length(code_hmac) = 32),
    expires_at INTEGER NOT NULL
) STRICT;
