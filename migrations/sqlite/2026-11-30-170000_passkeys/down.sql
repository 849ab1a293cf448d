-- A session that began with a passkey stays, and counts as one with a password.
UPDATE sessions SET signed_in_with = 'password' WHERE signed_in_with = 'passkey';
ALTER TABLE sessions ADD COLUMN began_with TEXT NOT NULL DEFAULT 'password' CHECK (began_with IN ('password', 'amazon', 'registration'));
UPDATE sessions SET began_with = signed_in_with;
ALTER TABLE sessions DROP COLUMN signed_in_with;
ALTER TABLE sessions RENAME COLUMN began_with TO signed_in_with;
UPDATE game_sessions SET signed_in_with = 'password' WHERE signed_in_with = 'passkey';
ALTER TABLE game_sessions ADD COLUMN began_with TEXT NOT NULL DEFAULT 'password' CHECK (began_with IN ('password', 'amazon', 'registration', 'device'));
UPDATE game_sessions SET began_with = signed_in_with;
ALTER TABLE game_sessions DROP COLUMN signed_in_with;
ALTER TABLE game_sessions RENAME COLUMN began_with TO signed_in_with;
DROP TABLE passkey_ceremonies;
DROP TABLE passkeys;
