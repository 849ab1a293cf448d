-- Each time that a backup was put back. What was open before it is over.
CREATE TABLE restores (
    id TEXT NOT NULL PRIMARY KEY,
    epoch BIGINT NOT NULL UNIQUE,
    restored_at TIMESTAMP NOT NULL,
    has_ledger BOOLEAN NOT NULL
);
