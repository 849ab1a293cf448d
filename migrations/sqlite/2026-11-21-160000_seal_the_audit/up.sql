-- Which member of staff did it, and what is personal about it, sealed under the player's own key.
ALTER TABLE audit_events ADD COLUMN staff_id TEXT;
ALTER TABLE audit_events ADD COLUMN personal BLOB;
CREATE INDEX audit_events_by_kind ON audit_events (kind, id);
CREATE INDEX audit_events_by_player ON audit_events (player_id, id);
CREATE INDEX audit_events_by_staff ON audit_events (staff_id, id);

-- One key a player. A destroyed key leaves its row, so that no new one is made.
CREATE TABLE audit_keys (
    player_id TEXT NOT NULL PRIMARY KEY,
    key_sealed BLOB,
    created_at TIMESTAMP NOT NULL
);

-- Each event's own seal, and later its place in the chain. An event from before the chain has no tag.
CREATE TABLE audit_seals (
    event_id TEXT NOT NULL PRIMARY KEY,
    tag BLOB,
    position BIGINT UNIQUE,
    previous BLOB,
    hash BLOB
);
CREATE INDEX audit_seals_waiting ON audit_seals (event_id) WHERE position IS NULL;
INSERT INTO audit_seals (event_id) SELECT id FROM audit_events;

-- Where the chain ends and where it begins, signed. One row.
CREATE TABLE audit_heads (
    id TEXT NOT NULL PRIMARY KEY CHECK (id = 'chain'),
    position BIGINT NOT NULL,
    hash BLOB NOT NULL,
    tail_position BIGINT NOT NULL,
    tail_hash BLOB NOT NULL,
    is_founded BOOLEAN NOT NULL,
    signed_at TIMESTAMP NOT NULL,
    signature BLOB NOT NULL,
    lease TEXT,
    leased_until TIMESTAMP
);

-- An event may lose its plain network (rows from before the chain had one), and nothing else may change.
DROP TRIGGER audit_events_keep;
CREATE TRIGGER audit_events_keep BEFORE UPDATE ON audit_events
WHEN NOT (
    NEW.network IS NULL AND NEW.id IS OLD.id AND NEW.at IS OLD.at AND NEW.kind IS OLD.kind
    AND NEW.player_id IS OLD.player_id AND NEW.actor IS OLD.actor AND NEW.staff_id IS OLD.staff_id
    AND NEW.session_id IS OLD.session_id AND NEW.reference IS OLD.reference
    AND NEW.details IS OLD.details AND NEW.personal IS OLD.personal
)
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only');
END;
-- It may go once the tail has passed it.
DROP TRIGGER audit_events_stay;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
WHEN NOT EXISTS (
    SELECT 1 FROM audit_seals, audit_heads
    WHERE audit_seals.event_id = OLD.id AND audit_seals.position <= audit_heads.tail_position
)
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only');
END;

-- A seal takes its place once.
CREATE TRIGGER audit_seals_keep BEFORE UPDATE ON audit_seals
WHEN NOT (
    OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.event_id IS OLD.event_id AND NEW.tag IS OLD.tag
)
BEGIN
    SELECT RAISE(ABORT, 'audit seals are append-only');
END;
CREATE TRIGGER audit_seals_stay BEFORE DELETE ON audit_seals
WHEN NOT EXISTS (SELECT 1 FROM audit_heads WHERE OLD.position <= audit_heads.tail_position)
BEGIN
    SELECT RAISE(ABORT, 'audit seals are append-only');
END;

-- Both ends only move forward.
CREATE TRIGGER audit_heads_keep BEFORE UPDATE ON audit_heads
WHEN NEW.position < OLD.position OR NEW.tail_position < OLD.tail_position
BEGIN
    SELECT RAISE(ABORT, 'the audit chain only grows');
END;
CREATE TRIGGER audit_heads_stay BEFORE DELETE ON audit_heads
BEGIN
    SELECT RAISE(ABORT, 'the audit chain only grows');
END;
