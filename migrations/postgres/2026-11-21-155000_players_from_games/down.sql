DROP TABLE claim_codes;
DROP TABLE devices;
ALTER TABLE amazon_links DROP COLUMN tokens_from;
ALTER TABLE players DROP COLUMN segments;
