//! A registration that waits for its code.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::id_type;
use crate::platform::crypto::token::NumericCode;
use crate::platform::email::EmailAddress;
use crate::platform::fault::Fault;
use crate::platform::name::DisplayName;
use crate::platform::password::{StoredHash, place_of_hash};

/// The table, as the vault knows it.
pub(super) const TABLE: &str = "registrations";

/// What codes of registrations are for, so that they open nothing else.
const PURPOSE: &str = "registration";

id_type! {
    /// A registration that waits for its code.
    RegistrationId
}

/// A registration about to wait.
pub(super) struct NewRegistration {
    pub id: RegistrationId,
    pub browser_hash: String,
    pub display_name: DisplayName,
    pub email: EmailAddress,
    /// Whether the address has an account: then no code finishes this registration.
    pub is_taken: bool,
    pub password: StoredHash,
    pub language: &'static str,
    pub next: Option<String>,
    pub code_hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A registration that waits.
pub(super) struct PendingRegistration {
    pub id: RegistrationId,
    pub display_name: String,
    /// As typed.
    pub email: String,
    pub email_key: String,
    pub is_taken: bool,
    pub password: StoredHash,
    pub language: Option<String>,
    pub next: Option<String>,
    pub code_hash: String,
    /// When its present code was made.
    pub code_made_at: DateTime<Utc>,
}

impl PendingRegistration {
    /// Whether `code` is the one that was mailed. Nobody was mailed one for a taken address.
    pub fn is_finished_by(&self, app: &App, code: &NumericCode) -> bool {
        code.is_behind(&self.code_hash, &app.keys.codes, PURPOSE, self.id.as_str()) && !self.is_taken
    }
}

/// What to store of `code`.
pub(super) fn code_hash(app: &App, code: &NumericCode, id: &RegistrationId) -> String {
    code.hash(&app.keys.codes, PURPOSE, id.as_str())
}

/// The hash in a registration's row.
pub(super) fn password_of(id: &RegistrationId, sealed: Vec<u8>) -> StoredHash {
    StoredHash::at(place_of_hash(TABLE, id.as_str(), ""), sealed)
}

/// Reads back what was judged before it was stored. The rules may have moved meanwhile, not the text.
pub(super) fn damaged(what: &'static str) -> Fault {
    Fault::broken("reading a registration", what)
}
