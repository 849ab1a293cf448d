-- An act that concerns everybody who uses an account raises the player's version. What was begun under an earlier
-- version, or by a session that has ended, is not finished any more.
ALTER TABLE players ADD COLUMN version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE code_linkings ADD COLUMN player_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE claim_codes ADD COLUMN player_version BIGINT NOT NULL DEFAULT 1;
ALTER TABLE claim_codes ADD COLUMN session_id TEXT;
