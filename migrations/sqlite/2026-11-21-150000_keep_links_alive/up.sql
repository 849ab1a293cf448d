-- Why a link is not active, when it is looked at next, and who is renewing it now (S66, S70).
ALTER TABLE amazon_links ADD COLUMN state_cause TEXT
    CHECK (state_cause IN ('key_lost', 'scope_missing', 'token_ended', 'revoked_by_amazon'));
ALTER TABLE amazon_links ADD COLUMN next_check_at TIMESTAMP NOT NULL DEFAULT '1970-01-01 00:00:00';
ALTER TABLE amazon_links ADD COLUMN retry_at TIMESTAMP;
ALTER TABLE amazon_links ADD COLUMN failures BIGINT NOT NULL DEFAULT 0;
ALTER TABLE amazon_links ADD COLUMN held_at TIMESTAMP;
ALTER TABLE amazon_links ADD COLUMN lease_owner TEXT;
ALTER TABLE amazon_links ADD COLUMN lease_until TIMESTAMP;
-- Longest unchecked first. A link without a refresh token is not looked at by itself.
CREATE INDEX amazon_links_due ON amazon_links (next_check_at) WHERE refresh_token_sealed IS NOT NULL;
UPDATE amazon_links SET next_check_at = checked_at;
UPDATE amazon_links SET state_cause = 'revoked_by_amazon' WHERE state = 'revoked';

-- What Amazon answered to refreshes, counted by the minute; several rows a minute, so that counting is no queue.
CREATE TABLE refresh_counts (
    minute TIMESTAMP NOT NULL,
    shard BIGINT NOT NULL,
    renewed BIGINT NOT NULL,
    refused BIGINT NOT NULL,
    PRIMARY KEY (minute, shard)
);

-- The brake of S69. One row; it is on while `on_since` says so.
CREATE TABLE refresh_brake (
    id TEXT NOT NULL PRIMARY KEY,
    on_since TIMESTAMP,
    refused BIGINT NOT NULL DEFAULT 0,
    refreshes BIGINT NOT NULL DEFAULT 0,
    released_at TIMESTAMP,
    released_by TEXT
);
INSERT INTO refresh_brake (id) VALUES ('amazon');
