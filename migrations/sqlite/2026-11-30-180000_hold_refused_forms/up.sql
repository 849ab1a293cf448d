-- The page that answers a refused form, until the browser that sent the form has fetched it.
-- It belongs to a session and goes with it; before a sign-in it belongs to the browser.
CREATE TABLE held_answers (
    id TEXT NOT NULL PRIMARY KEY,
    session_id TEXT REFERENCES sessions (id) ON DELETE CASCADE,
    staff_session_id TEXT REFERENCES staff_sessions (id) ON DELETE CASCADE,
    browser_hash TEXT NOT NULL,
    answer_sealed BLOB NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX held_answers_of_session ON held_answers (session_id);
CREATE INDEX held_answers_of_staff_session ON held_answers (staff_session_id);
CREATE INDEX held_answers_of_browser ON held_answers (browser_hash);
CREATE INDEX held_answers_by_end ON held_answers (expires_at);
