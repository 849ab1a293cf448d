ALTER TABLE game_sessions DROP COLUMN device_id;
