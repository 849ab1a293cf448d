-- A player signed in from a game. Ending it ends every token below it.
CREATE TABLE game_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    api_key TEXT NOT NULL,
    credential TEXT NOT NULL,
    client TEXT NOT NULL,
    signed_in_with TEXT NOT NULL CHECK (signed_in_with IN ('password', 'amazon', 'registration', 'device')),
    proved_at TIMESTAMP,
    network TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX game_sessions_of_player ON game_sessions (player_id, last_seen_at);
CREATE INDEX game_sessions_by_end ON game_sessions (ends_at);

-- What a game keeps on its device, as a hash. Every accepted handshake adds one; each ends by itself.
CREATE TABLE game_tokens (
    token_hash TEXT NOT NULL PRIMARY KEY,
    session_id TEXT NOT NULL REFERENCES game_sessions (id) ON DELETE CASCADE,
    uses BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP NOT NULL,
    ends_at TIMESTAMP NOT NULL
);
CREATE INDEX game_tokens_of_session ON game_tokens (session_id, last_used_at);
CREATE INDEX game_tokens_by_end ON game_tokens (ends_at);
