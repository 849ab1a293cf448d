-- A session that began with a passkey stays, and counts as one with a password.
UPDATE sessions SET signed_in_with = 'password' WHERE signed_in_with = 'passkey';
ALTER TABLE sessions DROP CONSTRAINT sessions_signed_in_with_check;
ALTER TABLE sessions ADD CONSTRAINT sessions_signed_in_with_check CHECK (signed_in_with IN ('password', 'amazon', 'registration'));
UPDATE game_sessions SET signed_in_with = 'password' WHERE signed_in_with = 'passkey';
ALTER TABLE game_sessions DROP CONSTRAINT game_sessions_signed_in_with_check;
ALTER TABLE game_sessions ADD CONSTRAINT game_sessions_signed_in_with_check CHECK (signed_in_with IN ('password', 'amazon', 'registration', 'device'));
DROP TABLE passkey_ceremonies;
DROP TABLE passkeys;
