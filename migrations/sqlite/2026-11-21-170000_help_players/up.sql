-- What staff write down about a player, for each other; the player gets it with the export.
CREATE TABLE player_notes (
    id TEXT NOT NULL PRIMARY KEY,
    player_id TEXT NOT NULL REFERENCES players (id) ON DELETE CASCADE,
    staff_id TEXT NOT NULL,
    note_sealed BLOB NOT NULL,
    created_at TIMESTAMP NOT NULL
);
CREATE INDEX player_notes_of_player ON player_notes (player_id, id);
