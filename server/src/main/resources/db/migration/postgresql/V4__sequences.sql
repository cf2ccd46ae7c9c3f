-- Each commit writes the account's sequence anew. It has a table of its own, so that not the whole row of the account is
-- written with it.

-- Room in each page lets the new row stay beside the old one, and the index as it is.
CREATE TABLE account_sequence (
    account  BYTEA  NOT NULL PRIMARY KEY REFERENCES account (account),
    sequence BIGINT NOT NULL CHECK (sequence >= 0)
) WITH (fillfactor = 50);

INSERT INTO account_sequence (account, sequence) SELECT account, sequence FROM account WHERE sequence > 0;

ALTER TABLE account DROP COLUMN sequence;
