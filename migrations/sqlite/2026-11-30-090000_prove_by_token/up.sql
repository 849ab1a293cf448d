-- A proof of identity belongs to the token that the proving request returned, not to the whole session.
ALTER TABLE game_tokens ADD COLUMN proved_at TIMESTAMP;
