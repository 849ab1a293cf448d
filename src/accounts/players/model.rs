//! The types of a player that other features use.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, Queryable, Selectable};

use crate::outbound::mail::MailRecipient;
use crate::platform::db::schema::players;
use crate::platform::email::EmailAddress;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, UserName};
use crate::platform::password::{StoredHash, place_of_hash};

/// The table of the password hashes, as their seal context names it.
pub const TABLE: &str = "players";

/// A player about to be inserted.
pub struct NewPlayer {
    pub id: PlayerId,
    pub display_name: DisplayName,
    /// Only an address whose mailed code came back (S60).
    pub proven_email: Option<EmailAddress>,
    /// Sealed for this player's row, as [`PlayerCredentials::stored_hash`] opens it.
    pub password: Option<StoredHash>,
    pub language: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// A player about to be inserted for a game.
pub struct NewGamePlayer {
    pub id: PlayerId,
    /// `None` for a device that sent no name.
    pub display_name: Option<DisplayName>,
    pub sync_display_name: bool,
    pub user_name: Option<UserName>,
    /// Sealed for this player's row, as [`PlayerCredentials::stored_hash`] opens it.
    pub password: Option<StoredHash>,
    /// A language tag.
    pub language: Option<String>,
    /// A JSON object of strings, as the game sent it.
    pub segments: Option<String>,
    pub created_at: DateTime<Utc>,
}

/// The groups that a game put its player in: segment types and their values.
pub type Segments = BTreeMap<String, String>;

/// The segments as stored, a JSON object of strings.
pub fn read_segments(stored: Option<&str>) -> Segments {
    stored.and_then(|text| serde_json::from_str(text).ok()).unwrap_or_default()
}

/// What sign-in needs to check a login as this player.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = players)]
pub struct PlayerCredentials {
    pub id: PlayerId,
    /// The sealed hash.
    #[diesel(column_name = password_sealed)]
    pub password: Option<Vec<u8>>,
    #[diesel(select_expression = players::disabled_at.is_not_null())]
    pub is_disabled: bool,
    /// When the account is deleted, as its player has asked. It is disabled until then.
    pub closes_at: Option<DateTime<Utc>>,
    /// The proven address as typed, to which mail is sent.
    pub email: Option<String>,
    /// The proven address in the form in which it is compared.
    pub email_key: Option<String>,
    pub user_name_key: Option<String>,
    pub display_name: String,
    pub language: Option<String>,
    /// Raised by every act that ends all that the player has open.
    pub version: i64,
}

impl PlayerCredentials {
    /// The language that the player has chosen, else `otherwise`.
    pub fn language_or(&self, otherwise: Language) -> Language {
        self.language.as_deref().and_then(Language::from_tag).unwrap_or(otherwise)
    }

    /// Whether the player may sign in somewhere, if only to keep an account that closes.
    pub fn may_come_back(&self) -> bool {
        !self.is_disabled || self.closes_at.is_some()
    }

    /// The player as the reader of a mail. `otherwise` is the language of a player who has chosen none.
    pub fn as_recipient(&self, otherwise: Language) -> MailRecipient<'_> {
        MailRecipient {
            player: Some(&self.id),
            email: self.email.as_deref(),
            name: &self.display_name,
            language: self.language_or(otherwise),
        }
    }

    pub fn stored_hash(&self) -> Option<StoredHash> {
        let place = || place_of_hash(TABLE, self.id.as_str(), self.id.as_str());
        self.password.clone().map(|sealed| StoredHash::at(place(), sealed))
    }
}

/// A player as the support pages see one: everything but the password.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = players)]
pub struct PlayerAccount {
    pub id: PlayerId,
    /// Empty for a device that sent no name.
    pub display_name: String,
    /// Whether the display name follows Amazon's.
    pub sync_display_name: bool,
    pub user_name: Option<String>,
    pub email: Option<String>,
    pub email_proven_at: Option<DateTime<Utc>>,
    #[diesel(select_expression = players::password_sealed.is_not_null())]
    pub has_password: bool,
    /// Also set when the password was removed.
    pub password_changed_at: Option<DateTime<Utc>>,
    /// A language tag.
    pub language: Option<String>,
    /// A JSON object of strings.
    pub segments: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the account is deleted, as its player has asked.
    pub closes_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
}

impl PlayerAccount {
    /// Whether there is a password, and a name or address to type with it.
    pub fn has_usable_password(&self) -> bool {
        self.has_password && (self.email.is_some() || self.user_name.is_some())
    }
}
