-- With a reset code an account is begun anew under the same address, once (spec, section 10.18). One at most for each account.

CREATE TABLE reset_code (
    account    BYTEA  NOT NULL PRIMARY KEY REFERENCES account (account),
    code_hmac  BYTEA  NOT NULL CHECK (length(code_hmac) = 32),
    expires_at BIGINT NOT NULL
);
