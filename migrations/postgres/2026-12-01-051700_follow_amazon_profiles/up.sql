-- amazon_email_known is the address at Amazon that its player is not asked about: the one of the linking, or a later one
-- that the player did not want. profile_due_at says when the profile is read; without it, the next renewal decides.
ALTER TABLE amazon_links ADD COLUMN amazon_postal_code TEXT;
ALTER TABLE amazon_links ADD COLUMN amazon_email_known TEXT;
ALTER TABLE amazon_links ADD COLUMN profile_due_at TIMESTAMP;
CREATE INDEX amazon_links_profile_due ON amazon_links (profile_due_at) WHERE profile_due_at IS NOT NULL;
UPDATE amazon_links SET amazon_email_known = amazon_email;

-- Game servers hear of a new name.
ALTER TABLE link_events DROP CONSTRAINT link_events_kind_check;
ALTER TABLE link_events ADD CONSTRAINT link_events_kind_check CHECK (kind IN ('linked', 'replaced', 'unlinked', 'revoked', 'reconnect_needed', 'reconnected', 'erased', 'profile_changed'));
