-- People who help players. Whoever has not enrolled yet has neither password nor factor, and reaches nothing.
CREATE TABLE staff (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'lead', 'admin')),
    password_sealed BLOB,
    password_changed_at TIMESTAMP,
    totp_sealed BLOB,
    totp_step BIGINT,
    enrol_hash TEXT UNIQUE,
    enrol_until TIMESTAMP,
    disabled_at TIMESTAMP,
    created_at TIMESTAMP NOT NULL
);

CREATE TABLE staff_sessions (
    id TEXT NOT NULL PRIMARY KEY,
    token_hash TEXT NOT NULL UNIQUE,
    staff_id TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    csrf_secret TEXT NOT NULL,
    fresh_at TIMESTAMP,
    browser TEXT NOT NULL,
    network TEXT NOT NULL,
    created_at TIMESTAMP NOT NULL,
    last_seen_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX staff_sessions_of_staff ON staff_sessions (staff_id, created_at);
CREATE INDEX staff_sessions_by_end ON staff_sessions (expires_at);

-- Codes for who lost the telephone. A used one is gone.
CREATE TABLE staff_recovery_codes (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    code_hash TEXT NOT NULL,
    UNIQUE (staff_id, code_hash)
);

-- A change of role that waits for a second admin (S123). One a person.
CREATE TABLE staff_proposals (
    id TEXT NOT NULL PRIMARY KEY,
    staff_id TEXT NOT NULL UNIQUE REFERENCES staff (id) ON DELETE CASCADE,
    role TEXT NOT NULL CHECK (role IN ('viewer', 'agent', 'lead', 'admin')),
    reason TEXT NOT NULL,
    proposed_by TEXT NOT NULL REFERENCES staff (id) ON DELETE CASCADE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX staff_proposals_by_end ON staff_proposals (expires_at);
