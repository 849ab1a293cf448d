//! The rows of second factors, and what is derived from them.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::vault::SealContext;
use crate::platform::db::schema::{player_second_factors, remembered_browsers};
use crate::platform::ids::PlayerId;

/// A second factor that is on.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = player_second_factors)]
pub struct StoredFactor {
    pub totp_sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
}

/// A browser in which the player is not asked for a code at sign-in.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = remembered_browsers)]
pub struct RememberedBrowser {
    pub id: String,
    pub browser: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The context of the sealed secret.
pub fn place_of_factor(player: &PlayerId) -> SealContext {
    SealContext {
        purpose: "second factor",
        table: "player_second_factors",
        row: player.to_string(),
        player: player.to_string(),
        identity: String::new(),
    }
}

/// The stored form of a recovery code of this player.
///
/// Its key outlives the session key, or a new one would silently void every code that a player has printed.
pub fn recovery_hash(app: &App, player: &PlayerId, code: &str) -> String {
    app.keys.lookup.hash(LookupPurpose::RecoveryCode, &format!("{player} {code}"))
}
