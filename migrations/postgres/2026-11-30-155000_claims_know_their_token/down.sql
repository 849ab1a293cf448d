ALTER TABLE claim_codes DROP COLUMN token_hash;
