ALTER TABLE amazon_links DROP COLUMN unsettled_version;
