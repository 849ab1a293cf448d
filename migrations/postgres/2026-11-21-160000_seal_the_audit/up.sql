-- Which member of staff did it, and what is personal about it, sealed under the player's own key.
ALTER TABLE audit_events ADD COLUMN staff_id TEXT;
ALTER TABLE audit_events ADD COLUMN personal BYTEA;
CREATE INDEX audit_events_by_kind ON audit_events (kind, id);
CREATE INDEX audit_events_by_player ON audit_events (player_id, id);
CREATE INDEX audit_events_by_staff ON audit_events (staff_id, id);

-- One key a player. A destroyed key leaves its row, so that no new one is made.
CREATE TABLE audit_keys (
    player_id TEXT NOT NULL PRIMARY KEY,
    key_sealed BYTEA,
    created_at TIMESTAMP NOT NULL
);

-- Each event's own seal, and later its place in the chain. An event from before the chain has no tag.
CREATE TABLE audit_seals (
    event_id TEXT NOT NULL PRIMARY KEY,
    tag BYTEA,
    position BIGINT UNIQUE,
    previous BYTEA,
    hash BYTEA
);
CREATE INDEX audit_seals_waiting ON audit_seals (event_id) WHERE position IS NULL;
INSERT INTO audit_seals (event_id) SELECT id FROM audit_events;

-- Where the chain ends and where it begins, signed. One row.
CREATE TABLE audit_heads (
    id TEXT NOT NULL PRIMARY KEY CHECK (id = 'chain'),
    position BIGINT NOT NULL,
    hash BYTEA NOT NULL,
    tail_position BIGINT NOT NULL,
    tail_hash BYTEA NOT NULL,
    is_founded BOOLEAN NOT NULL,
    signed_at TIMESTAMP NOT NULL,
    signature BYTEA NOT NULL,
    lease TEXT,
    leased_until TIMESTAMP
);

-- An event may lose its plain network (rows from before the chain had one), and nothing else may change.
-- It may go once the tail has passed it. Emptying the whole table fires no trigger for its rows.
CREATE OR REPLACE FUNCTION audit_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    forgotten audit_events%ROWTYPE;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        forgotten := OLD;
        forgotten.network := NULL;
        IF NEW IS NOT DISTINCT FROM forgotten THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF EXISTS (
            SELECT 1 FROM audit_seals, audit_heads
            WHERE audit_seals.event_id = OLD.id AND audit_seals.position <= audit_heads.tail_position
        ) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit events are append-only';
END;
$$;
CREATE TRIGGER audit_events_stay BEFORE TRUNCATE ON audit_events
FOR EACH STATEMENT EXECUTE FUNCTION audit_events_are_append_only();

-- A seal takes its place once.
CREATE FUNCTION audit_seals_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF OLD.position IS NULL AND NEW.position IS NOT NULL AND NEW.event_id = OLD.event_id
            AND NEW.tag IS NOT DISTINCT FROM OLD.tag
        THEN
            RETURN NEW;
        END IF;
    ELSIF TG_OP = 'DELETE' THEN
        IF EXISTS (SELECT 1 FROM audit_heads WHERE OLD.position <= audit_heads.tail_position) THEN
            RETURN OLD;
        END IF;
    END IF;
    RAISE EXCEPTION 'audit seals are append-only';
END;
$$;
CREATE TRIGGER audit_seals_keep BEFORE UPDATE OR DELETE ON audit_seals
FOR EACH ROW EXECUTE FUNCTION audit_seals_are_append_only();
CREATE TRIGGER audit_seals_stay BEFORE TRUNCATE ON audit_seals
FOR EACH STATEMENT EXECUTE FUNCTION audit_seals_are_append_only();

-- Both ends only move forward.
CREATE FUNCTION audit_heads_move_forward() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        IF NEW.position >= OLD.position AND NEW.tail_position >= OLD.tail_position THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the audit chain only grows';
END;
$$;
CREATE TRIGGER audit_heads_keep BEFORE UPDATE OR DELETE ON audit_heads
FOR EACH ROW EXECUTE FUNCTION audit_heads_move_forward();
CREATE TRIGGER audit_heads_stay BEFORE TRUNCATE ON audit_heads
FOR EACH STATEMENT EXECUTE FUNCTION audit_heads_move_forward();
