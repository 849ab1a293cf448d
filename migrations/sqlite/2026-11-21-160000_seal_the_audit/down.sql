DROP TRIGGER audit_heads_stay;
DROP TRIGGER audit_heads_keep;
DROP TRIGGER audit_seals_stay;
DROP TRIGGER audit_seals_keep;
DROP TRIGGER audit_events_stay;
DROP TRIGGER audit_events_keep;
DROP TABLE audit_heads;
DROP TABLE audit_seals;
DROP TABLE audit_keys;
DROP INDEX audit_events_by_staff;
DROP INDEX audit_events_by_player;
DROP INDEX audit_events_by_kind;
ALTER TABLE audit_events DROP COLUMN personal;
ALTER TABLE audit_events DROP COLUMN staff_id;
CREATE TRIGGER audit_events_keep BEFORE UPDATE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only');
END;
CREATE TRIGGER audit_events_stay BEFORE DELETE ON audit_events
BEGIN
    SELECT RAISE(ABORT, 'audit events are append-only');
END;
