DROP TABLE audit_heads;
DROP TABLE audit_seals;
DROP TABLE audit_keys;
DROP FUNCTION audit_heads_move_forward();
DROP FUNCTION audit_seals_are_append_only();
DROP TRIGGER audit_events_stay ON audit_events;
CREATE OR REPLACE FUNCTION audit_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are append-only';
END;
$$;
DROP INDEX audit_events_by_staff;
DROP INDEX audit_events_by_player;
DROP INDEX audit_events_by_kind;
ALTER TABLE audit_events DROP COLUMN personal;
ALTER TABLE audit_events DROP COLUMN staff_id;
