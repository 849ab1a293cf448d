-- Each time that a backup was put back. What was open before it is over.
CREATE TABLE restores (
    id TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL UNIQUE,
    restored_at TIMESTAMP NOT NULL,
    has_ledger BOOLEAN NOT NULL
);
-- The last time that the feed left positions out. Whoever has read up to jumped_from goes on after jumped_to.
ALTER TABLE link_event_counter ADD COLUMN jumped_from BIGINT;
ALTER TABLE link_event_counter ADD COLUMN jumped_to BIGINT;
