-- The second factor of a player: the sealed secret of an app, and the last step of time whose code was used.
CREATE TABLE player_second_factors (
    player_id TEXT NOT NULL PRIMARY KEY REFERENCES players (id) ON DELETE CASCADE,
    totp_sealed BLOB NOT NULL,
    totp_step BIGINT NOT NULL,
    created_at TIMESTAMP NOT NULL
);

-- Codes for a lost telephone. A used one is deleted.
CREATE TABLE player_recovery_codes (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    UNIQUE (player_id, code_hash)
);

-- Browsers in which a player is not asked for the second factor at sign-in.
CREATE TABLE remembered_browsers (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL,
    browser TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL,
    UNIQUE (player_id, token_hash)
);
CREATE INDEX remembered_browsers_by_end ON remembered_browsers (expires_at);

-- A sign-in that waits for the second factor, in the browser that began it.
CREATE TABLE pending_sign_ins (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL UNIQUE,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    player_version BIGINT NOT NULL,
    signed_in_with TEXT NOT NULL,
    is_remembered BOOLEAN NOT NULL,
    next TEXT,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX pending_sign_ins_of_player ON pending_sign_ins (player_id);
CREATE INDEX pending_sign_ins_by_end ON pending_sign_ins (expires_at);
