-- A recovery key opens an account by itself; its slot's id is derived from it (spec, section 3.9). An account has one.

CREATE TABLE recovery_slot (
    account            BLOB NOT NULL PRIMARY KEY REFERENCES account (account),
    slot               BLOB NOT NULL UNIQUE CHECK (length(slot) = 16),
    lookup_hmac        BLOB NOT NULL CHECK (length(lookup_hmac) = 32),
    wrapped_master_key BLOB NOT NULL CHECK (length(wrapped_master_key) = 217)
) STRICT;

-- When a credential was last proven in this session, in milliseconds since 1970.
ALTER TABLE session ADD COLUMN proven_at INTEGER NOT NULL DEFAULT 0;
