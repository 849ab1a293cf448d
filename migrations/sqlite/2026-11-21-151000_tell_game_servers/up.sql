-- How far the feed has come. Whoever adds an event takes this one row last and holds it until the commit, so that
-- positions follow commits and a rollback leaves no gap.
CREATE TABLE link_event_counter (
    id BIGINT NOT NULL PRIMARY KEY CHECK (id = 1),
    position BIGINT NOT NULL
);
INSERT INTO link_event_counter (id, position) VALUES (1, 0);

-- No reference to players: events outlive an erased account, and name nobody.
CREATE TABLE link_events (
    position BIGINT NOT NULL PRIMARY KEY,
    id TEXT NOT NULL UNIQUE,
    kind TEXT NOT NULL CHECK (kind IN ('linked', 'replaced', 'unlinked', 'revoked', 'reconnect_needed', 'reconnected', 'erased')),
    at TIMESTAMP NOT NULL,
    player_id TEXT NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('player', 'support', 'amazon', 'system')),
    cause TEXT
);

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL PRIMARY KEY,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret_sealed BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL,
    disabled_at TIMESTAMP,
    disabled_because TEXT CHECK (disabled_because IN ('gone', 'by_operator'))
);

CREATE TABLE webhook_deliveries (
    id TEXT NOT NULL PRIMARY KEY,
    endpoint_id TEXT NOT NULL REFERENCES webhook_endpoints (id) ON DELETE CASCADE,
    position BIGINT NOT NULL REFERENCES link_events (position) ON DELETE CASCADE,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP NOT NULL,
    lease TEXT,
    last_answer TEXT,
    created_at TIMESTAMP NOT NULL,
    delivered_at TIMESTAMP,
    failed_at TIMESTAMP,
    UNIQUE (endpoint_id, position)
);
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at) WHERE delivered_at IS NULL AND failed_at IS NULL;
CREATE INDEX webhook_deliveries_of_event ON webhook_deliveries (position);

CREATE TABLE service_keys (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    token_hash TEXT NOT NULL UNIQUE,
    scopes TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP,
    last_used_at TIMESTAMP,
    revoked_at TIMESTAMP
);
