ALTER TABLE game_tokens DROP COLUMN proved_at;
