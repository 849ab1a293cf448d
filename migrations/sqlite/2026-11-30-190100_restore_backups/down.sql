ALTER TABLE link_event_counter DROP COLUMN jumped_to;
ALTER TABLE link_event_counter DROP COLUMN jumped_from;
DROP TABLE restores;
