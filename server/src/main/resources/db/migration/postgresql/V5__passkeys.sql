-- A passkey is found by its credential id, so that nobody has to be looked up to sign in with it. An account may have
-- several. A credential id has at most 1023 bytes, a public key beside it at most a few hundred more.

CREATE TABLE passkey_slot (
    account             BYTEA NOT NULL REFERENCES account (account),
    slot                BYTEA NOT NULL CHECK (length(slot) = 16),
    lookup_hmac         BYTEA NOT NULL CHECK (length(lookup_hmac) = 32),
    wrapped_master_key  BYTEA NOT NULL CHECK (length(wrapped_master_key) = 217),
    credential_id       BYTEA NOT NULL UNIQUE CHECK (length(credential_id) BETWEEN 16 AND 1023),
    attested_credential BYTEA NOT NULL CHECK (length(attested_credential) BETWEEN 50 AND 4096),
    sign_count          BIGINT NOT NULL CHECK (sign_count >= 0),
    rp_id               TEXT NOT NULL,
    clone_refused_at    BIGINT,
    PRIMARY KEY (account, slot)
);
