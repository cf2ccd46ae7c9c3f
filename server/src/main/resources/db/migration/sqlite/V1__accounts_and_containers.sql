-- What each column holds is explained in schema/columns.json, from which docs/what-the-server-sees.md is made.
-- Times are milliseconds since 1970. STRICT: a value of another type is refused, not converted.

CREATE TABLE account (
    account           BLOB    NOT NULL PRIMARY KEY CHECK (length(account) = 16),
    address_hmac      BLOB    NOT NULL UNIQUE CHECK (length(address_hmac) = 32),
    created_at        INTEGER NOT NULL,
    sequence          INTEGER NOT NULL CHECK (sequence >= 0),
    directory_counter INTEGER NOT NULL CHECK (directory_counter >= 1),
    directory         BLOB    NOT NULL,
    chats_key         BLOB    NOT NULL,
    apps_key          BLOB    NOT NULL,
    emails_key        BLOB    NOT NULL,
    embeds_key        BLOB    NOT NULL,
    profile_key       BLOB    NOT NULL,
    profile_version   INTEGER NOT NULL CHECK (profile_version >= 1),
    profile           BLOB    NOT NULL
) STRICT;

-- A password and its second factor are one row: neither can be stored, or be left, without the other. The second factor
-- is an envelope of 20 bytes (spec, sections 5 and 6), the wrapped master key an envelope around an envelope.
CREATE TABLE password_slot (
    account            BLOB    NOT NULL PRIMARY KEY REFERENCES account (account),
    slot               BLOB    NOT NULL CHECK (length(slot) = 16),
    salt               BLOB    NOT NULL CHECK (length(salt) = 16),
    memory_kib         INTEGER NOT NULL CHECK (memory_kib BETWEEN 65536 AND 1048576),
    passes             INTEGER NOT NULL CHECK (passes BETWEEN 3 AND 16),
    lanes              INTEGER NOT NULL CHECK (lanes = 1),
    lookup_hmac        BLOB    NOT NULL CHECK (length(lookup_hmac) = 32),
    wrapped_master_key BLOB    NOT NULL CHECK (length(wrapped_master_key) = 217),
    totp_secret        BLOB    NOT NULL CHECK (length(totp_secret) = 137),
    totp_step          INTEGER NOT NULL CHECK (totp_step > 0)
) STRICT;

CREATE TABLE backup_code (
    account   BLOB NOT NULL REFERENCES account (account),
    code_hmac BLOB NOT NULL CHECK (length(code_hmac) = 32),
    PRIMARY KEY (account, code_hmac)
) STRICT, WITHOUT ROWID;

CREATE TABLE session (
    account    BLOB    NOT NULL REFERENCES account (account),
    session    BLOB    NOT NULL CHECK (length(session) = 16),
    token_hash BLOB    NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    PRIMARY KEY (account, session)
) STRICT;

CREATE INDEX session_by_expiry ON session (expires_at);

CREATE TABLE container_list (
    account         BLOB    NOT NULL REFERENCES account (account),
    domain          TEXT    NOT NULL CHECK (domain IN ('chats', 'apps', 'emails', 'embeds')),
    counter         INTEGER NOT NULL CHECK (counter >= 1),
    sealed          BLOB    NOT NULL,
    container_count INTEGER NOT NULL CHECK (container_count >= 1),
    PRIMARY KEY (account, domain)
) STRICT;

CREATE TABLE container (
    account          BLOB    NOT NULL REFERENCES account (account),
    container        BLOB    NOT NULL CHECK (length(container) = 16),
    domain           TEXT    NOT NULL CHECK (domain IN ('chats', 'apps', 'emails', 'embeds')),
    position         INTEGER NOT NULL CHECK (position >= 0),
    sequence         INTEGER NOT NULL CHECK (sequence >= 1),
    wrapped_key      BLOB    NOT NULL,
    metadata_version INTEGER NOT NULL CHECK (metadata_version >= 1),
    metadata         BLOB    NOT NULL,
    manifest_counter INTEGER NOT NULL CHECK (manifest_counter >= 1),
    manifest         BLOB    NOT NULL,
    item_count       INTEGER NOT NULL CHECK (item_count >= 0),
    PRIMARY KEY (account, container),
    UNIQUE (account, domain, position),
    UNIQUE (account, sequence)
) STRICT;

CREATE TABLE item (
    account   BLOB    NOT NULL,
    container BLOB    NOT NULL,
    item      BLOB    NOT NULL CHECK (length(item) = 16),
    position  INTEGER NOT NULL CHECK (position >= 0),
    version   INTEGER NOT NULL CHECK (version >= 1),
    sequence  INTEGER NOT NULL CHECK (sequence >= 1),
    sealed    BLOB    NOT NULL,
    PRIMARY KEY (account, container, item),
    FOREIGN KEY (account, container) REFERENCES container (account, container)
) STRICT;

CREATE UNIQUE INDEX item_by_sequence ON item (account, container, sequence, position);
