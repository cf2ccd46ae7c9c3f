-- What a rotation of the master key has staged (spec, section 10.13) is of the session that staged it: another one neither replaces
-- it nor completes it. What waited until now is prepared again by its client.

DROP TABLE rotated_container;

CREATE TABLE rotated_container (
    account          BLOB    NOT NULL,
    session          BLOB    NOT NULL CHECK (length(session) = 16),
    container        BLOB    NOT NULL,
    rotation         BLOB    NOT NULL CHECK (length(rotation) = 16),
    staged_at        INTEGER NOT NULL,
    wrapped_key      BLOB    NOT NULL,
    earlier_keys     BLOB    NOT NULL CHECK (length(earlier_keys) BETWEEN 137 AND 8192),
    manifest_counter INTEGER NOT NULL CHECK (manifest_counter >= 1),
    manifest         BLOB    NOT NULL,
    PRIMARY KEY (account, session, container),
    FOREIGN KEY (account, container) REFERENCES container (account, container)
) STRICT;

CREATE INDEX rotated_container_by_age ON rotated_container (staged_at);
