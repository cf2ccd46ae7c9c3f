-- The master key can be rotated (spec, section 10.13). A container has a fresh key then, and keeps those before it, sealed
-- under the fresh one (section 8.6): up to 128 keys.

ALTER TABLE container ADD COLUMN earlier_keys BYTEA CHECK (length(earlier_keys) BETWEEN 137 AND 8192);

-- A rotation gives a list to a domain that has no container yet.
ALTER TABLE container_list DROP CONSTRAINT container_list_container_count_check;
ALTER TABLE container_list ADD CONSTRAINT container_list_container_count_check CHECK (container_count >= 0);

CREATE TABLE rotated_container (
    account          BYTEA  NOT NULL,
    container        BYTEA  NOT NULL,
    rotation         BYTEA  NOT NULL CHECK (length(rotation) = 16),
    staged_at        BIGINT NOT NULL,
    wrapped_key      BYTEA  NOT NULL,
    earlier_keys     BYTEA  NOT NULL CHECK (length(earlier_keys) BETWEEN 137 AND 8192),
    manifest_counter BIGINT NOT NULL CHECK (manifest_counter >= 1),
    manifest         BYTEA  NOT NULL,
    PRIMARY KEY (account, container),
    FOREIGN KEY (account, container) REFERENCES container (account, container)
);

CREATE INDEX rotated_container_by_age ON rotated_container (staged_at);
