//! Passkeys and the ceremonies that wait for a browser's answer.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::app::App;
use crate::platform::db::schema::{passkey_ceremonies, passkeys};
use crate::platform::ids::{PlayerId, SessionId};
use crate::platform::name::{DisplayName, ReservedNames};
use crate::{stored_enum, text_enum};

stored_enum! {
    /// What a ceremony is for. An answer to one is no answer to another.
    pub(super) enum CeremonyPurpose {
        Add = "add",
        SignIn = "sign_in",
        Confirm = "confirm",
    }
}

text_enum! {
    /// Why the answer of a browser was refused, for audit records. The person is told less.
    pub(super) enum AnswerRejection {
        /// It is not JSON of the expected form.
        Malformed = "malformed",
        /// The ceremony is over: used, too old, of another browser or session, or ended by an act.
        CeremonyOver = "ceremony_over",
        /// The portal does not know the passkey.
        UnknownPasskey = "unknown_passkey",
        WrongOrigin = "wrong_origin",
        WrongChallenge = "wrong_challenge",
        NotVerified = "user_not_verified",
        WrongBackupFlags = "wrong_backup_flags",
        /// The signature or anything else that the specification asks for.
        Invalid = "invalid",
        /// The player is disabled.
        PlayerClosed = "player_closed",
    }
}

/// A passkey as stored.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub(super) struct StoredPasskey {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub name: String,
    /// Base64url without padding, as browsers write it.
    pub credential_id: String,
    /// The public key, as the `WebAuthn` crate writes it.
    pub credential: String,
    pub sign_count: i64,
    pub is_backup_eligible: bool,
    pub is_backed_up: bool,
    pub created_at: DateTime<Utc>,
    pub last_used_at: Option<DateTime<Utc>>,
}

/// A passkey about to be stored.
#[derive(Clone)]
pub(super) struct NewPasskey {
    pub id: String,
    pub player: PlayerId,
    pub name: String,
    pub key: NewPasskeyKey,
    pub created_at: DateTime<Utc>,
}

/// What a ceremony says about a new passkey.
#[derive(Clone)]
pub(super) struct NewPasskeyKey {
    pub credential_id: String,
    pub credential: String,
    pub sign_count: i64,
    pub is_backup_eligible: bool,
    pub is_backed_up: bool,
}

/// The session that began a ceremony.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct CeremonySession {
    pub player: PlayerId,
    pub session: SessionId,
}

/// A ceremony about to be stored.
#[derive(Clone)]
pub(super) struct NewCeremony {
    pub id: String,
    pub purpose: CeremonyPurpose,
    pub browser_hash: String,
    /// `None` for a sign-in.
    pub of: Option<CeremonySession>,
    pub state: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A ceremony that waits.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = passkey_ceremonies)]
pub(super) struct WaitingCeremony {
    pub id: String,
    pub state: String,
    pub session_id: Option<SessionId>,
}

/// The name by which the player recognises the passkey, cleaned as a display name is.
pub(super) fn passkey_name(app: &App, typed: &str) -> Option<String> {
    let reserved = ReservedNames::new(&app.config.site.name);
    DisplayName::from_upstream(typed, &reserved).map(|name| name.as_str().to_owned())
}
