-- Reset codes that were asked for by mail (spec, section 10.18). They stand apart from the operator's, so that whoever asks for one
-- replaces none of those; and one beside another, so that nobody makes somebody else's useless. The account may be nobody's: where
-- the address has none the same is written.

CREATE TABLE mailed_reset_code (
    account    BYTEA  NOT NULL CHECK (length(account) = 16),
    code_hmac  BYTEA  NOT NULL CHECK (length(code_hmac) = 32),
    expires_at BIGINT NOT NULL,
    PRIMARY KEY (account, code_hmac)
);
