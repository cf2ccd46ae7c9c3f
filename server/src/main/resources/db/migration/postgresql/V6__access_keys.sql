-- An access key signs a script in by itself; its slot's id is derived from it (spec, section 3.12).

CREATE TABLE access_slot (
    account     BYTEA   NOT NULL REFERENCES account (account),
    slot        BYTEA   NOT NULL UNIQUE CHECK (length(slot) = 16),
    lookup_hmac BYTEA   NOT NULL CHECK (length(lookup_hmac) = 32),
    scope       TEXT    NOT NULL CHECK (length(scope) BETWEEN 3 AND 64),
    expires_at  BIGINT,
    created_day BIGINT  NOT NULL CHECK (created_day % 86400000 = 0),
    used_day    BIGINT CHECK (used_day % 86400000 = 0),
    envelope    BYTEA   NOT NULL CHECK (length(envelope) BETWEEN 217 AND 2048),
    PRIMARY KEY (account, slot)
);

-- A session that an access key opened reaches no further than the key, and no longer.
ALTER TABLE session ADD COLUMN access_slot BYTEA CHECK (length(access_slot) = 16);

ALTER TABLE session ADD COLUMN scope TEXT CHECK ((scope IS NULL) = (access_slot IS NULL));

ALTER TABLE session ADD COLUMN no_later_than BIGINT;
