-- What each column holds is explained in schema/columns.json, from which docs/what-the-server-sees.md is made.
-- Times are milliseconds since 1970.

CREATE TABLE account (
    account           BYTEA   NOT NULL PRIMARY KEY CHECK (length(account) = 16),
    address_hmac      BYTEA   NOT NULL UNIQUE CHECK (length(address_hmac) = 32),
    created_at        BIGINT  NOT NULL,
    sequence          BIGINT  NOT NULL CHECK (sequence >= 0),
    directory_counter BIGINT  NOT NULL CHECK (directory_counter >= 1),
    directory         BYTEA   NOT NULL,
    chats_key         BYTEA   NOT NULL,
    apps_key          BYTEA   NOT NULL,
    emails_key        BYTEA   NOT NULL,
    embeds_key        BYTEA   NOT NULL,
    profile_key       BYTEA   NOT NULL,
    profile_version   BIGINT  NOT NULL CHECK (profile_version >= 1),
    profile           BYTEA   NOT NULL
);

-- A password and its second factor are one row: neither can be stored, or be left, without the other. The second factor
-- is an envelope of 20 bytes (spec, sections 5 and 6), the wrapped master key an envelope around an envelope.
CREATE TABLE password_slot (
    account            BYTEA   NOT NULL PRIMARY KEY REFERENCES account (account),
    slot               BYTEA   NOT NULL CHECK (length(slot) = 16),
    salt               BYTEA   NOT NULL CHECK (length(salt) = 16),
    memory_kib         INTEGER NOT NULL CHECK (memory_kib BETWEEN 65536 AND 1048576),
    passes             INTEGER NOT NULL CHECK (passes BETWEEN 3 AND 16),
    lanes              INTEGER NOT NULL CHECK (lanes = 1),
    lookup_hmac        BYTEA   NOT NULL CHECK (length(lookup_hmac) = 32),
    wrapped_master_key BYTEA   NOT NULL CHECK (length(wrapped_master_key) = 217),
    totp_secret        BYTEA   NOT NULL CHECK (length(totp_secret) = 137),
    totp_step          BIGINT  NOT NULL CHECK (totp_step > 0)
);

CREATE TABLE backup_code (
    account   BYTEA NOT NULL REFERENCES account (account),
    code_hmac BYTEA NOT NULL CHECK (length(code_hmac) = 32),
    PRIMARY KEY (account, code_hmac)
);

CREATE TABLE session (
    account    BYTEA   NOT NULL REFERENCES account (account),
    session    BYTEA   NOT NULL CHECK (length(session) = 16),
    token_hash BYTEA   NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at BIGINT  NOT NULL,
    expires_at BIGINT  NOT NULL,
    PRIMARY KEY (account, session)
);

CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE container_list (
    account         BYTEA   NOT NULL REFERENCES account (account),
    domain          TEXT    NOT NULL CHECK (domain IN ('chats', 'apps', 'emails', 'embeds')),
    counter         BIGINT  NOT NULL CHECK (counter >= 1),
    sealed          BYTEA   NOT NULL,
    container_count BIGINT  NOT NULL CHECK (container_count >= 1),
    PRIMARY KEY (account, domain)
);

CREATE TABLE container (
    account          BYTEA   NOT NULL REFERENCES account (account),
    container        BYTEA   NOT NULL CHECK (length(container) = 16),
    domain           TEXT    NOT NULL CHECK (domain IN ('chats', 'apps', 'emails', 'embeds')),
    position         BIGINT  NOT NULL CHECK (position >= 0),
    sequence         BIGINT  NOT NULL CHECK (sequence >= 1),
    wrapped_key      BYTEA   NOT NULL,
    metadata_version BIGINT  NOT NULL CHECK (metadata_version >= 1),
    metadata         BYTEA   NOT NULL,
    manifest_counter BIGINT  NOT NULL CHECK (manifest_counter >= 1),
    manifest         BYTEA   NOT NULL,
    item_count       BIGINT  NOT NULL CHECK (item_count >= 0),
    PRIMARY KEY (account, container),
    UNIQUE (account, domain, position),
    UNIQUE (account, sequence)
);

CREATE TABLE item (
    account   BYTEA   NOT NULL,
    container BYTEA   NOT NULL,
    item      BYTEA   NOT NULL CHECK (length(item) = 16),
    position  BIGINT  NOT NULL CHECK (position >= 0),
    version   BIGINT  NOT NULL CHECK (version >= 1),
    sequence  BIGINT  NOT NULL CHECK (sequence >= 1),
    sealed    BYTEA   NOT NULL,
    PRIMARY KEY (account, container, item),
    FOREIGN KEY (account, container) REFERENCES container (account, container)
);

CREATE UNIQUE INDEX item_by_sequence ON item (account, container, sequence, position);
