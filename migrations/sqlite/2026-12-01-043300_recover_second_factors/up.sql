-- A lost second factor that is to be turned off: asked for until its mailed link is confirmed, then waiting until due_at.
CREATE TABLE factor_recoveries (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE REFERENCES players (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    due_at TIMESTAMP,
    mailed_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX factor_recoveries_by_end ON factor_recoveries (expires_at);
