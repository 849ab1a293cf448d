-- An event about a new name stays, because the feed has no gaps. It counts as one that makes a game server read the player again.
UPDATE link_events SET kind = 'reconnected' WHERE kind = 'profile_changed';
ALTER TABLE link_events ADD COLUMN what TEXT NOT NULL DEFAULT 'linked' CHECK (what IN ('linked', 'replaced', 'unlinked', 'revoked', 'reconnect_needed', 'reconnected', 'erased'));
UPDATE link_events SET what = kind;
ALTER TABLE link_events DROP COLUMN kind;
ALTER TABLE link_events RENAME COLUMN what TO kind;
DROP INDEX amazon_links_profile_due;
ALTER TABLE amazon_links DROP COLUMN profile_due_at;
ALTER TABLE amazon_links DROP COLUMN amazon_email_known;
ALTER TABLE amazon_links DROP COLUMN amazon_postal_code;
