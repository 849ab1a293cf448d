//! Settings of privacy: how long the operator's backups keep erased data.

use chrono::TimeDelta;

use super::setting::{default, settings};

settings! {
    #[derive(Clone, Copy, Debug)]
    pub struct PrivacyConfig {
        /// how long you keep backups, as players who delete their account are told
        pub backups_keep: TimeDelta = DOVETAIL_BACKUP_KEEP, default("35d").within("1d", "3660d");
    }
}
