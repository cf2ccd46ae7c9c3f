-- Sessions are listed, renewed with another token, and named by a list that only devices read (spec, section 10.10).

ALTER TABLE session ADD COLUMN stay BOOLEAN NOT NULL DEFAULT FALSE;

-- The hour of the last request, in milliseconds since 1970.
ALTER TABLE session ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0 CHECK (seen_at % 3600000 = 0);

-- SHA-256 of the token that a renewal gave, until it is first used; then token_hash is spent and it takes its place.
ALTER TABLE session ADD COLUMN next_token_hash BYTEA CHECK (length(next_token_hash) = 32);

CREATE UNIQUE INDEX session_by_next_token ON session (next_token_hash);

CREATE TABLE spent_token (
    account    BYTEA NOT NULL,
    session    BYTEA NOT NULL,
    token_hash BYTEA NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    PRIMARY KEY (account, session, token_hash),
    FOREIGN KEY (account, session) REFERENCES session (account, session) ON DELETE CASCADE
);

-- How long the sessions are that there are already shows whether they stay: 24 hours or 30 days.
UPDATE session
SET seen_at = created_at - created_at % 3600000,
    stay = expires_at - created_at > 86400000;

CREATE TABLE device_list (
    account BYTEA   NOT NULL PRIMARY KEY REFERENCES account (account),
    counter BIGINT  NOT NULL CHECK (counter >= 1),
    sealed  BYTEA   NOT NULL
);
