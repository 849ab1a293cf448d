-- What a game keeps with its player: a JSON object.
ALTER TABLE players ADD COLUMN script_data TEXT;
