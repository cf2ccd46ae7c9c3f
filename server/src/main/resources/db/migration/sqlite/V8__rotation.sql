-- The master key can be rotated (spec, section 10.13). A container has a fresh key then, and keeps those before it, sealed
-- under the fresh one (section 8.6): up to 128 keys.

ALTER TABLE container ADD COLUMN earlier_keys BLOB CHECK (length(earlier_keys) BETWEEN 137 AND 8192);

-- A rotation gives a list to a domain that has no container yet.
ALTER TABLE container_list RENAME TO container_list_before;

CREATE TABLE container_list (
    account         BLOB    NOT NULL REFERENCES account (account),
    domain          TEXT    NOT NULL CHECK (domain IN ('chats', 'apps', 'emails', 'embeds')),
    counter         INTEGER NOT NULL CHECK (counter >= 1),
    sealed          BLOB    NOT NULL,
    container_count INTEGER NOT NULL CHECK (container_count >= 0),
    PRIMARY KEY (account, domain)
) STRICT;

INSERT INTO container_list SELECT account, domain, counter, sealed, container_count FROM container_list_before;
DROP TABLE container_list_before;

CREATE TABLE rotated_container (
    account          BLOB    NOT NULL,
    container        BLOB    NOT NULL,
    rotation         BLOB    NOT NULL CHECK (length(rotation) = 16),
    staged_at        INTEGER NOT NULL,
    wrapped_key      BLOB    NOT NULL,
    earlier_keys     BLOB    NOT NULL CHECK (length(earlier_keys) BETWEEN 137 AND 8192),
    manifest_counter INTEGER NOT NULL CHECK (manifest_counter >= 1),
    manifest         BLOB    NOT NULL,
    PRIMARY KEY (account, container),
    FOREIGN KEY (account, container) REFERENCES container (account, container)
) STRICT;

CREATE INDEX rotated_container_by_age ON rotated_container (staged_at);
