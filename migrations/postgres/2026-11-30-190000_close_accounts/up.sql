-- A player who has asked for the end of the account is disabled until then, and may still keep it.
ALTER TABLE players ADD COLUMN closes_at TIMESTAMP;
CREATE INDEX players_closing ON players (closes_at) WHERE closes_at IS NOT NULL;
