-- The version of the tokens whose renewal nobody finished: Amazon may have answered it, and replaced them.
ALTER TABLE amazon_links ADD COLUMN unsettled_version BIGINT;
