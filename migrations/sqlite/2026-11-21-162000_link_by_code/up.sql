-- A game or its server asked Amazon for a code that its player types on a phone (lwa-contract §16). While it is open,
-- what we ask Amazon with is sealed here; afterwards only how it ended.
CREATE TABLE code_linkings (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    asked_by TEXT NOT NULL CHECK (asked_by IN ('game', 'service')),
    asker_id TEXT,
    pair_sealed BLOB,
    interval_seconds BIGINT NOT NULL CHECK (interval_seconds > 0),
    next_poll_at TIMESTAMP NOT NULL,
    lease_owner TEXT,
    lease_until TIMESTAMP,
    outcome TEXT CHECK (outcome IN ('linked', 'already_linked', 'taken', 'player_has_another', 'denied', 'expired', 'failed', 'replaced')),
    reference TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP,
    CHECK ((outcome IS NULL) = (ended_at IS NULL)),
    CHECK ((outcome IS NULL) = (pair_sealed IS NOT NULL))
);
CREATE UNIQUE INDEX code_linkings_open ON code_linkings (player_id) WHERE outcome IS NULL;
CREATE INDEX code_linkings_of_player ON code_linkings (player_id);
CREATE INDEX code_linkings_due ON code_linkings (next_poll_at) WHERE outcome IS NULL;
CREATE INDEX code_linkings_by_end ON code_linkings (ended_at);
CREATE INDEX code_linkings_by_time ON code_linkings (expires_at);
