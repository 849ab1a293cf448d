ALTER TABLE link_attempts DROP COLUMN code_hash;
ALTER TABLE code_linkings DROP COLUMN proved_at;
ALTER TABLE amazon_links DROP COLUMN made_from;
ALTER TABLE amazon_links DROP COLUMN made_on;
ALTER TABLE amazon_links DROP COLUMN made_in;
ALTER TABLE amazon_links DROP COLUMN confirmed_at;
ALTER TABLE amazon_links DROP COLUMN made_by;
