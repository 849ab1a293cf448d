-- A mail to an address that had no player yet is told and erased by that address.
CREATE INDEX mails_to_nobody ON mails (recipient) WHERE player_id IS NULL;
