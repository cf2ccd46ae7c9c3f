-- When an account began to be deleted, in milliseconds since 1970. Its keys and whatever signs in are gone from then on; its
-- rows go in batches, and this one at last (spec, section 10.15).
ALTER TABLE account ADD COLUMN deleting_since BIGINT;

CREATE INDEX account_being_deleted ON account (deleting_since) WHERE deleting_since IS NOT NULL;
