//! Which records somebody asks for, and what they get to read.

use chrono::{DateTime, Utc};

use crate::audit::event::{Actor, Kind};
use crate::platform::ids::{PlayerId, StaffId};

/// Which records. Empty: all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// One of these.
    pub kinds: Vec<Kind>,
    pub actor: Option<Actor>,
    pub staff: Option<StaffId>,
    pub player: Option<PlayerId>,
    /// From this millisecond on.
    pub from: Option<DateTime<Utc>>,
    /// Before this millisecond.
    pub until: Option<DateTime<Utc>>,
}

/// A record as it is read. Words are the row's own: one that this program does not know is shown, not lost.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub id: String,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub actor: String,
    pub player: Option<PlayerId>,
    pub staff: Option<StaffId>,
    pub reference: String,
    /// JSON.
    pub details: String,
    /// Gone once the player's key is.
    pub network: Option<String>,
    pub browser: Option<String>,
    pub reason: Option<String>,
}
