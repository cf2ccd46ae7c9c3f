-- Each commit writes the account's sequence anew. It has a table of its own, so that not the whole row of the account is
-- written with it.

CREATE TABLE account_sequence (
    account  BLOB    NOT NULL PRIMARY KEY REFERENCES account (account),
    sequence INTEGER NOT NULL CHECK (sequence >= 0)
) STRICT, WITHOUT ROWID;

INSERT INTO account_sequence (account, sequence) SELECT account, sequence FROM account WHERE sequence > 0;

ALTER TABLE account DROP COLUMN sequence;
