//! A registration that waits for its code.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::app::App;
use crate::id_type;
use crate::platform::crypto::token::NumericCode;
use crate::platform::db::schema::registrations;
use crate::platform::email::EmailAddress;
use crate::platform::fault::Fault;
use crate::platform::name::DisplayName;
use crate::platform::password::{StoredHash, place_of_hash};

/// The table, as the seal context of its hashes names it.
pub(super) const TABLE: &str = "registrations";

/// The purpose that the codes' hashes are bound to, so that a code works for nothing else.
const PURPOSE: &str = "registration";

id_type! {
    /// A registration that waits for its code.
    RegistrationId
}

/// A registration about to be stored.
pub(super) struct NewRegistration {
    pub id: RegistrationId,
    pub browser_hash: String,
    pub display_name: DisplayName,
    pub email: EmailAddress,
    /// Whether the address has an account. No code then completes this registration.
    pub is_taken: bool,
    pub password: StoredHash,
    pub language: &'static str,
    pub next: Option<String>,
    pub code_hash: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A stored registration that waits for its code.
#[derive(Queryable, Selectable)]
#[diesel(table_name = registrations)]
pub(super) struct PendingRegistration {
    pub id: RegistrationId,
    pub display_name: String,
    /// As typed.
    pub email: String,
    pub email_key: String,
    pub is_taken: bool,
    #[diesel(column_name = password_sealed)]
    password: Vec<u8>,
    pub language: Option<String>,
    pub next: Option<String>,
    pub code_hash: String,
    /// When the current code was generated.
    #[diesel(column_name = created_at)]
    pub code_made_at: DateTime<Utc>,
}

impl PendingRegistration {
    pub fn stored_hash(&self) -> StoredHash {
        StoredHash::at(place_of_hash(TABLE, self.id.as_str(), ""), self.password.clone())
    }

    /// Whether `code` is the mailed one. None is right for a taken address.
    pub fn is_finished_by(&self, app: &App, code: &NumericCode) -> bool {
        code.is_behind(&self.code_hash, &app.keys.codes, PURPOSE, self.id.as_str()) && !self.is_taken
    }
}

/// The hash of `code` that is stored.
pub(super) fn code_hash(app: &App, code: &NumericCode, id: &RegistrationId) -> String {
    code.hash(&app.keys.codes, PURPOSE, id.as_str())
}

/// The fault for a stored registration that is refused now: the rules have changed, or the row has.
pub(super) fn damaged_registration(what: &'static str) -> Fault {
    Fault::broken("reading a registration", what)
}
