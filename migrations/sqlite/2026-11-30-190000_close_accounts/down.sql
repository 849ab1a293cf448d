DROP INDEX players_closing;
ALTER TABLE players DROP COLUMN closes_at;
