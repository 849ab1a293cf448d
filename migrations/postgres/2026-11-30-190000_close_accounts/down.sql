-- Nothing would erase them any more, so they are kept.
UPDATE players SET disabled_at = NULL WHERE closes_at IS NOT NULL;
DROP INDEX players_closing;
ALTER TABLE players DROP COLUMN closes_at;
