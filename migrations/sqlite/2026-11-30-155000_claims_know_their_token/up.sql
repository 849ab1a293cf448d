-- The token with which the game asked for the claim. When a person claims the player, only it stays.
ALTER TABLE claim_codes ADD COLUMN token_hash TEXT;
