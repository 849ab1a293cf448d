//! Settings of privacy: how long a closed account waits, and what is kept beside the database.

use std::path::PathBuf;

use chrono::TimeDelta;

use super::setting::{default, or_else, settings};

settings! {
    #[derive(Clone, Debug)]
    pub struct PrivacyConfig {
        /// how long you keep backups, as players who delete their account are told
        pub backups_keep: TimeDelta = DOVETAIL_BACKUP_KEEP, default("35d").within("1d", "3660d");
        /// how long a player who deletes the account may still keep it; `0d` deletes at once
        pub erase_after: TimeDelta = DOVETAIL_ERASE_AFTER, default("7d").within("0d", "30d");
        /// directory, outside the database and its backups, in which erasures and ends of links are recorded for a restore
        pub ledger: Option<PathBuf> = DOVETAIL_LEDGER, or_else("none: a restored backup brings back what has ended");
    }
}
