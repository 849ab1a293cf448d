//! Filters for reading the audit log, and the entries that they return.

use chrono::{DateTime, Utc};

use crate::audit::event::{Actor, Kind};
use crate::platform::ids::{PlayerId, StaffId};

/// Selects audit records. An empty filter selects all.
#[derive(Clone, Debug, Default)]
pub struct AuditFilter {
    /// One of these kinds; empty for every kind.
    pub kinds: Vec<Kind>,
    pub actor: Option<Actor>,
    pub staff: Option<StaffId>,
    pub player: Option<PlayerId>,
    /// From this millisecond on.
    pub from: Option<DateTime<Utc>>,
    /// Before this millisecond.
    pub until: Option<DateTime<Utc>>,
}

/// An audit record for display.
///
/// Kind and actor are the stored strings, so an unknown word from another version is still shown.
#[derive(Clone, Debug)]
pub struct AuditEntry {
    pub id: String,
    pub at: DateTime<Utc>,
    pub kind: String,
    pub actor: String,
    pub player: Option<PlayerId>,
    pub staff: Option<StaffId>,
    pub reference: String,
    /// A JSON object.
    pub details: String,
    /// The client's network, truncated.
    ///
    /// `None` once the player's key is destroyed, like `browser` and `reason`.
    pub network: Option<String>,
    pub browser: Option<String>,
    pub reason: Option<String>,
}
