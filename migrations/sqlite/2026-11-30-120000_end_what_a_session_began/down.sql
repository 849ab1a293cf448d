ALTER TABLE claim_codes DROP COLUMN session_id;
ALTER TABLE claim_codes DROP COLUMN player_version;
ALTER TABLE code_linkings DROP COLUMN player_version;
ALTER TABLE players DROP COLUMN version;
