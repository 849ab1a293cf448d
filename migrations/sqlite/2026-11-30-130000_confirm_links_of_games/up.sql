-- A link that a game made opens no browser and proves nothing until it is confirmed there.
ALTER TABLE amazon_links ADD COLUMN made_by TEXT NOT NULL DEFAULT 'browser'
    CHECK (made_by IN ('browser', 'new_player', 'game_token', 'game_code'));
ALTER TABLE amazon_links ADD COLUMN confirmed_at TIMESTAMP;
-- The game, the system and the network, for the page that asks. They go when the link is confirmed.
ALTER TABLE amazon_links ADD COLUMN made_in TEXT;
ALTER TABLE amazon_links ADD COLUMN made_on TEXT;
ALTER TABLE amazon_links ADD COLUMN made_from TEXT;
ALTER TABLE code_linkings ADD COLUMN proved_at TIMESTAMP;
ALTER TABLE link_attempts ADD COLUMN code_hash TEXT;

-- How older links began stands in the record of the same instant.
UPDATE amazon_links SET made_by = 'game_code' WHERE EXISTS (
    SELECT 1 FROM audit_events AS record
    WHERE record.player_id = amazon_links.player_id AND record.at = amazon_links.linked_at
        AND record.kind IN ('link.amazon.added', 'link.amazon.replaced')
        AND record.details LIKE '%"door":"code"%');
UPDATE amazon_links SET made_by = 'game_token' WHERE EXISTS (
    SELECT 1 FROM audit_events AS record
    WHERE record.player_id = amazon_links.player_id AND record.at = amazon_links.linked_at
        AND record.kind IN ('link.amazon.added', 'link.amazon.replaced')
        AND record.details LIKE '%"door":"game"%');
-- Where the record has been deleted, the origin of the tokens remains.
UPDATE amazon_links SET made_by = 'game_token' WHERE tokens_from = 'handed_over' AND NOT EXISTS (
    SELECT 1 FROM audit_events AS record
    WHERE record.player_id = amazon_links.player_id AND record.at = amazon_links.linked_at
        AND record.kind IN ('link.amazon.added', 'link.amazon.replaced'));
-- The identity made the player.
UPDATE amazon_links SET made_by = 'new_player' WHERE made_by = 'game_token' AND EXISTS (
    SELECT 1 FROM players
    WHERE players.id = amazon_links.player_id AND players.created_at = amazon_links.linked_at);

-- Confirmed is what a browser made or was opened by, and the link of a player who was only a device's.
UPDATE amazon_links SET confirmed_at = linked_at
WHERE made_by IN ('browser', 'new_player')
    OR EXISTS (
        SELECT 1 FROM sessions
        WHERE sessions.player_id = amazon_links.player_id AND sessions.signed_in_with = 'amazon'
            AND sessions.created_at >= amazon_links.linked_at)
    OR EXISTS (
        SELECT 1 FROM audit_events AS record
        WHERE record.player_id = amazon_links.player_id AND record.at >= amazon_links.linked_at
            AND record.actor = 'player' AND record.details NOT LIKE '%"door":%'
            AND (record.kind IN ('link.amazon.renewed', 'link.amazon.reconnected')
                OR (record.kind = 'player.session.started' AND record.details LIKE '%"with":"amazon"%')))
    OR EXISTS (
        SELECT 1 FROM players
        WHERE players.id = amazon_links.player_id AND players.email_key IS NULL
            AND (players.password_sealed IS NULL OR players.user_name_key IS NULL));
