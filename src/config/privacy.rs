//! Settings of privacy: how long the operator's backups keep erased data.

use chrono::TimeDelta;

use super::setting::{default, settings};

settings! {
    #[derive(Clone, Copy, Debug)]
    pub struct PrivacyConfig {
        /// how long you keep backups, as players who delete their account are told
        pub backups_keep: TimeDelta = DOVETAIL_BACKUP_KEEP, default("35d").within("1d", "3660d");
        /// how long a player who deletes the account may still keep it; `0d` deletes at once
        pub erase_after: TimeDelta = DOVETAIL_ERASE_AFTER, default("7d").within("0d", "30d");
    }
}
