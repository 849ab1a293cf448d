//! How long audit records are kept.

use chrono::TimeDelta;

use super::setting::{default, settings};

settings! {
    /// The audit log.
    #[derive(Clone, Copy, Debug)]
    pub struct AuditConfig {
        /// how long audit records are kept
        pub keep_for: TimeDelta = DOVETAIL_AUDIT_KEEP, default("400d").within("30d", "4000d");
    }
}
