CREATE TABLE players (
    id TEXT NOT NULL PRIMARY KEY,
    display_name TEXT NOT NULL,
    display_name_key TEXT COLLATE "C" NOT NULL,
    sync_display_name BOOLEAN NOT NULL DEFAULT FALSE,
    user_name TEXT,
    user_name_key TEXT UNIQUE,
    email TEXT,
    email_key TEXT UNIQUE,
    email_proven_at TIMESTAMP,
    password_sealed BYTEA,
    password_changed_at TIMESTAMP,
    language TEXT,
    disabled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX players_by_display_name ON players (display_name_key, id);

CREATE TABLE amazon_links (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE REFERENCES players (id) ON DELETE CASCADE,
    amazon_id TEXT NOT NULL UNIQUE,
    client_id TEXT NOT NULL,
    scopes TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('active', 'needs_reconnect', 'revoked')),
    state_since TIMESTAMP NOT NULL,
    amazon_name TEXT,
    amazon_email TEXT,
    access_token_sealed BYTEA,
    access_token_expires_at TIMESTAMP,
    refresh_token_sealed BYTEA,
    token_version BIGINT NOT NULL,
    linked_at TIMESTAMP NOT NULL,
    checked_at TIMESTAMP NOT NULL,
    CHECK (state <> 'revoked' OR (access_token_sealed IS NULL AND refresh_token_sealed IS NULL))
);

CREATE TABLE former_links (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    amazon_id_hash TEXT NOT NULL,
    linked_at TIMESTAMP NOT NULL,
    ended_at TIMESTAMP NOT NULL,
    actor TEXT NOT NULL CHECK (actor IN ('player', 'support', 'amazon', 'system')),
    cause TEXT NOT NULL CHECK (cause IN ('unlinked_by_player', 'unlinked_by_support', 'replaced', 'revoked_by_amazon', 'erased'))
);
CREATE INDEX former_links_of_player ON former_links (player_id, ended_at);
CREATE INDEX former_links_by_identity ON former_links (amazon_id_hash);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    csrf_secret TEXT NOT NULL,
    signed_in_with TEXT NOT NULL CHECK (signed_in_with IN ('password', 'amazon', 'registration')),
    is_remembered BOOLEAN NOT NULL,
    fresh_at TIMESTAMP,
    browser TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sessions_of_player ON sessions (player_id, created_at);
CREATE INDEX sessions_by_end ON sessions (expires_at);

CREATE TABLE link_attempts (
    id TEXT NOT NULL PRIMARY KEY,
    state_hash TEXT NOT NULL UNIQUE,
    purpose TEXT NOT NULL CHECK (purpose IN ('sign_in', 'link', 'replace', 'confirm_identity')),
    stage TEXT NOT NULL CHECK (stage IN ('begun', 'claimed', 'confirming', 'matching', 'registering')),
    browser_hash TEXT NOT NULL,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    verifier_sealed BYTEA,
    next TEXT,
    amazon_id TEXT,
    identity_sealed BYTEA,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX link_attempts_of_browser ON link_attempts (browser_hash, created_at);
CREATE INDEX link_attempts_of_player ON link_attempts (player_id);
CREATE INDEX link_attempts_of_session ON link_attempts (session_id);
CREATE INDEX link_attempts_by_end ON link_attempts (expires_at);

CREATE TABLE registrations (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL,
    display_name TEXT NOT NULL,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    is_taken BOOLEAN NOT NULL,
    password_sealed BYTEA NOT NULL,
    language TEXT,
    next TEXT,
    code_hash TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX registrations_of_browser ON registrations (browser_hash, created_at);
CREATE INDEX registrations_by_end ON registrations (expires_at);

CREATE TABLE email_changes (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE REFERENCES players (id) ON DELETE CASCADE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    is_taken BOOLEAN NOT NULL,
    code_hash TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX email_changes_by_end ON email_changes (expires_at);

-- An address the player moved away from, and for how long its owner may move back (S62).
CREATE TABLE email_undos (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX email_undos_of_player ON email_undos (player_id);
CREATE INDEX email_undos_by_end ON email_undos (expires_at);

CREATE TABLE password_resets (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL UNIQUE REFERENCES players (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    email_key TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX password_resets_by_end ON password_resets (expires_at);

-- A sign-in whose password was right and whose network has guessed too often: a mailed code ends it (S16).
CREATE TABLE sign_in_codes (
    id TEXT NOT NULL PRIMARY KEY,
    browser_hash TEXT NOT NULL UNIQUE,
    player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    is_remembered BOOLEAN NOT NULL,
    next TEXT,
    attempt_id TEXT,
    code_hash TEXT NOT NULL,
    tries BIGINT NOT NULL DEFAULT 0,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX sign_in_codes_by_end ON sign_in_codes (expires_at);

CREATE TABLE throttles (
    id TEXT NOT NULL PRIMARY KEY,
    taken BIGINT NOT NULL,
    window_ends_at TIMESTAMP NOT NULL,
    blocked_until TIMESTAMP
);
CREATE INDEX throttles_by_end ON throttles (window_ends_at);

CREATE TABLE mails (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT REFERENCES players (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    recipient TEXT NOT NULL,
    subject TEXT NOT NULL,
    body_sealed BYTEA,
    attempts BIGINT NOT NULL DEFAULT 0,
    next_attempt_at TIMESTAMP NOT NULL,
    lease TEXT,
    created_at TIMESTAMP NOT NULL,
    sent_at TIMESTAMP,
    failed_at TIMESTAMP
);
CREATE INDEX mails_due ON mails (next_attempt_at) WHERE sent_at IS NULL AND failed_at IS NULL;
CREATE INDEX mails_by_age ON mails (created_at);
CREATE INDEX mails_of_player ON mails (player_id);

CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    at TIMESTAMP NOT NULL,
    kind TEXT NOT NULL,
    player_id TEXT,
    actor TEXT NOT NULL,
    session_id TEXT,
    reference TEXT NOT NULL,
    network TEXT,
    details TEXT NOT NULL
);
CREATE INDEX audit_events_of_player ON audit_events (player_id, at);

CREATE FUNCTION audit_events_are_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'audit events are append-only';
END;
$$;
CREATE TRIGGER audit_events_keep BEFORE UPDATE OR DELETE ON audit_events
FOR EACH ROW EXECUTE FUNCTION audit_events_are_append_only();
