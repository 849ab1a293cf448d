-- Keys that may seal something here: which one a copy seals with, and which one is given up for lost.
CREATE TABLE sealing_keys (
    id TEXT NOT NULL PRIMARY KEY,
    sealing_at TIMESTAMP,
    given_up_at TIMESTAMP
);
