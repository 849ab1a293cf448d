-- A passkey of a player. credential is the public key as the WebAuthn crate writes it; the counter and the flags of the
-- backup have columns of their own, because each use changes them.
CREATE TABLE passkeys (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    credential_id TEXT NOT NULL UNIQUE,
    credential TEXT NOT NULL,
    sign_count BIGINT NOT NULL,
    is_backup_eligible BOOLEAN NOT NULL,
    is_backed_up BOOLEAN NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_used_at TIMESTAMP
);
CREATE INDEX passkeys_of_player ON passkeys (player_id, created_at);

-- A ceremony that waits for the browser's answer. state is what the WebAuthn crate compares the answer with.
CREATE TABLE passkey_ceremonies (
    id TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL CHECK (purpose IN ('add', 'sign_in', 'confirm')),
    browser_hash TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    CHECK ((purpose = 'sign_in') = (session_id IS NULL)),
    CHECK ((session_id IS NULL) = (player_id IS NULL))
);
CREATE INDEX passkey_ceremonies_of_browser ON passkey_ceremonies (browser_hash, created_at);
CREATE INDEX passkey_ceremonies_of_session ON passkey_ceremonies (session_id);
CREATE INDEX passkey_ceremonies_of_player ON passkey_ceremonies (player_id);
CREATE INDEX passkey_ceremonies_by_end ON passkey_ceremonies (expires_at);

-- Sessions may begin with a passkey. SQLite cannot change a check, so a new column takes the place of the old one.
ALTER TABLE sessions ADD COLUMN began_with TEXT NOT NULL DEFAULT 'password' CHECK (began_with IN ('password', 'amazon', 'registration', 'passkey'));
UPDATE sessions SET began_with = signed_in_with;
ALTER TABLE sessions DROP COLUMN signed_in_with;
ALTER TABLE sessions RENAME COLUMN began_with TO signed_in_with;
ALTER TABLE game_sessions ADD COLUMN began_with TEXT NOT NULL DEFAULT 'password' CHECK (began_with IN ('password', 'amazon', 'registration', 'device', 'passkey'));
UPDATE game_sessions SET began_with = signed_in_with;
ALTER TABLE game_sessions DROP COLUMN signed_in_with;
ALTER TABLE game_sessions RENAME COLUMN began_with TO signed_in_with;
