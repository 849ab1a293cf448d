ALTER TABLE players DROP COLUMN script_data;
