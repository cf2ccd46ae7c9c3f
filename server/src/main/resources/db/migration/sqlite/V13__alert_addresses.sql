-- Accounts that have asked for a mail about each sign-in, and where it goes (spec, section 10.21).

CREATE TABLE alert_address (
    account BLOB NOT NULL PRIMARY KEY REFERENCES account (account),
    sealed  BLOB NOT NULL CHECK (length(sealed) BETWEEN 137 AND 329)
) STRICT;
