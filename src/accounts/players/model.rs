//! What a player is made of, as far as others need to know.

use chrono::{DateTime, Utc};

use crate::platform::email::EmailAddress;
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, UserName};
use crate::platform::password::{StoredHash, place_of_hash};

/// The table that holds password hashes, as the vault knows it.
pub const TABLE: &str = "players";

/// A player about to be made.
pub struct NewPlayer {
    pub id: PlayerId,
    pub display_name: DisplayName,
    /// Only an address whose mailed code came back (S60).
    pub proven_email: Option<EmailAddress>,
    /// Sealed for this player's place (see [`password_of`]).
    pub password: Option<StoredHash>,
    pub language: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// A player whom a game is about to make.
pub struct NewGamePlayer {
    pub id: PlayerId,
    /// A device may bring none (gamesparks-contract §9.3).
    pub display_name: Option<DisplayName>,
    pub sync_display_name: bool,
    pub user_name: Option<UserName>,
    /// Sealed for this player's place (see [`password_of`]).
    pub password: Option<StoredHash>,
    /// A tag.
    pub language: Option<String>,
    /// A JSON object of strings, as the game sent it.
    pub segments: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// What sign-in needs to judge somebody who says they are this player.
#[derive(Clone)]
pub struct PlayerCredentials {
    pub id: PlayerId,
    pub password: Option<StoredHash>,
    pub is_disabled: bool,
    /// Proven, as typed, for mails.
    pub email: Option<String>,
    pub display_name: String,
    pub language: Option<String>,
}

/// A player as the desk sees them: everything but the password.
#[derive(Clone, Debug)]
pub struct PlayerAccount {
    pub id: PlayerId,
    /// Empty for a device that brought none.
    pub display_name: String,
    /// Whether the display name follows Amazon's.
    pub sync_display_name: bool,
    pub user_name: Option<String>,
    pub email: Option<String>,
    pub email_proven_at: Option<DateTime<Utc>>,
    pub has_password: bool,
    /// Also when it was taken away.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// A tag.
    pub language: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl PlayerAccount {
    /// Whether there is a password, and a name or address to type with it.
    pub fn has_usable_password(&self) -> bool {
        self.has_password && (self.email.is_some() || self.user_name.is_some())
    }
}

/// The hash in a player's row.
pub fn password_of(player: &PlayerId, sealed: Vec<u8>) -> StoredHash {
    StoredHash::at(place_of_hash(TABLE, player.as_str(), player.as_str()), sealed)
}
