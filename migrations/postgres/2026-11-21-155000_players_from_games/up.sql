-- What a game said of a player it made: segment types and values, one JSON object of strings.
ALTER TABLE players ADD COLUMN segments TEXT;

-- Whether our code exchange got a link's tokens, or a game or phone handed one over (product §2, `renewable`).
ALTER TABLE amazon_links ADD COLUMN tokens_from TEXT NOT NULL DEFAULT 'code_grant' CHECK (tokens_from IN ('code_grant', 'handed_over'));

-- A device id is a bearer secret that the client chose: its keyed hash, and nothing else of it (S147).
CREATE TABLE devices (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    api_key TEXT NOT NULL,
    device_hash TEXT NOT NULL,
    label TEXT NOT NULL,
    told_of TEXT,
    network TEXT NOT NULL,
    made_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    switched_off_at TIMESTAMP
);
CREATE UNIQUE INDEX devices_by_hash ON devices (device_hash) WHERE switched_off_at IS NULL;
CREATE INDEX devices_of_player ON devices (player_id, made_at);

-- A code that a game shows, so that its player can be claimed in a browser.
CREATE TABLE claim_codes (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE REFERENCES players (id) ON DELETE CASCADE,
    device_id TEXT REFERENCES devices (id) ON DELETE CASCADE,
    selector TEXT NOT NULL UNIQUE,
    code_hash TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    api_key TEXT NOT NULL,
    device_label TEXT NOT NULL,
    network TEXT NOT NULL,
    browser_hash TEXT,
    outcome TEXT CHECK (outcome IN ('claimed', 'moved')),
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX claim_codes_of_device ON claim_codes (device_id);
CREATE INDEX claim_codes_by_end ON claim_codes (expires_at);
