-- What has happened to an account's ways to sign in, sessions and keys: a chain of entries (spec, section 9.5).

CREATE TABLE log_entry (
    account       BYTEA  NOT NULL REFERENCES account (account),
    number        BIGINT NOT NULL CHECK (number >= 1),
    previous      BYTEA  NOT NULL CHECK (length(previous) = 32),
    hour          BIGINT NOT NULL CHECK (hour % 3600000 = 0),
    kind          TEXT   NOT NULL CHECK (length(kind) BETWEEN 1 AND 64),
    session       BYTEA CHECK (length(session) = 16),
    other_session BYTEA CHECK (length(other_session) = 16),
    slot          BYTEA CHECK (length(slot) = 16),
    PRIMARY KEY (account, number)
);
