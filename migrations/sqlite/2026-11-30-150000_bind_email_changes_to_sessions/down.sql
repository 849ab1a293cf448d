DROP INDEX email_changes_of_session;
ALTER TABLE email_changes DROP COLUMN session_id;
