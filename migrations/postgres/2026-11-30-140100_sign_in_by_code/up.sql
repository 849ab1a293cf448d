-- A code that a TV shows, so that a person signs it in, or links an Amazon account to its player, on a phone.
-- player_id is the TV's own player, if it has one; granted_player_id the player as whom the TV is signed in.
CREATE TABLE game_sign_in_codes (
    id TEXT NOT NULL PRIMARY KEY,
    linking_hash TEXT NOT NULL UNIQUE,
    player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    player_version BIGINT NOT NULL,
    session_id TEXT,
    selector TEXT NOT NULL,
    code_hash TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    api_key TEXT NOT NULL,
    device_label TEXT NOT NULL,
    network TEXT NOT NULL,
    browser_hash TEXT,
    outcome TEXT CHECK (outcome IN ('signed_in', 'linked', 'taken', 'denied', 'replaced')),
    granted_player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    granted_version BIGINT,
    granted_session_id TEXT,
    granted_with TEXT,
    game_session_id TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    CHECK ((outcome IS NOT NULL AND outcome = 'signed_in') = (granted_player_id IS NOT NULL))
);
CREATE UNIQUE INDEX game_sign_in_codes_open ON game_sign_in_codes (selector) WHERE outcome IS NULL;
CREATE INDEX game_sign_in_codes_of_player ON game_sign_in_codes (player_id);
CREATE INDEX game_sign_in_codes_of_granted ON game_sign_in_codes (granted_player_id);
CREATE INDEX game_sign_in_codes_by_end ON game_sign_in_codes (expires_at);
