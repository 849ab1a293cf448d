-- The device that opened the session, so that disabling a device ends its sessions and no others. Sessions from before
-- name none.
ALTER TABLE game_sessions ADD COLUMN device_id TEXT;
