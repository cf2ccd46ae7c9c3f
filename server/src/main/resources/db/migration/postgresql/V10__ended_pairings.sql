-- A pairing that a session has approved opens nothing once the account's pairings were ended (spec, section 10.11). How many
-- times that was.
ALTER TABLE session ADD COLUMN pairings_ended BIGINT NOT NULL DEFAULT 0 CHECK (pairings_ended >= 0);
