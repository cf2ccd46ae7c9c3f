-- An account's X25519 key pair (spec, section 4.2), and what the server seals to it beside an entry of the log (9.6). Accounts of a
-- development state before there was one, which no release has made, have none, and cannot be signed in to any more.

ALTER TABLE account ADD COLUMN public_key BYTEA CHECK (length(public_key) = 32);
ALTER TABLE account ADD COLUMN private_key BYTEA CHECK (length(private_key) = 137);
ALTER TABLE log_entry ADD COLUMN note BYTEA CHECK (length(note) = 56);
