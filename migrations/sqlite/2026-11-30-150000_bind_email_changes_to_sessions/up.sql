-- A code that was mailed for a new address ends with the session that asked for it.
ALTER TABLE email_changes ADD COLUMN session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE;
CREATE INDEX email_changes_of_session ON email_changes (session_id);
