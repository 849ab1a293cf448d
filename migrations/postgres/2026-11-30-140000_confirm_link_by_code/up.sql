-- A link by Amazon's code waits until the game has shown both names and says that they are right.
ALTER TABLE code_linkings ADD COLUMN confirm_since TIMESTAMP;

-- A mailed link by which the owner of an Amazon account takes back a link that a code made.
CREATE TABLE link_undos (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    link_id TEXT NOT NULL REFERENCES amazon_links (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL UNIQUE,
    created_at TIMESTAMP NOT NULL,
    expires_at TIMESTAMP NOT NULL
);
CREATE INDEX link_undos_of_player ON link_undos (player_id);
CREATE INDEX link_undos_of_link ON link_undos (link_id);
CREATE INDEX link_undos_by_end ON link_undos (expires_at);
