//! Who is asking: the session, its player and the player's link, read once a request.

use chrono::serde::{ts_microseconds, ts_microseconds_option};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::ids::{LinkId, PlayerId, SessionId};
use crate::word_type;

word_type! {
    /// How a session began, for the list that its player sees.
    SignedInWith {
        Password = "password",
        Amazon = "amazon",
        Registration = "registration",
        /// A game named a device that it had signed in before; games only.
        Device = "device",
    }
}

word_type! {
    /// Why a link is not active (product, "States of a link").
    StateCause {
        /// What we stored does not open with any key we have (S66).
        KeyLost = "key_lost",
        /// Amazon renews the tokens, and no longer for everything we need.
        ScopeMissing = "scope_missing",
        /// The access token has ended and there was never a refresh token.
        TokenEnded = "token_ended",
        /// Amazon said that access was withdrawn (S67).
        RevokedByAmazon = "revoked_by_amazon",
    }
}

word_type! {
    /// What a link is worth (product, "States of a link").
    LinkState {
        /// Tokens work, or have not been seen failing.
        Active = "active",
        /// Our copy of the tokens is unusable, and Amazon has not said that access was withdrawn.
        NeedsReconnect = "needs_reconnect",
        /// Amazon answered `invalid_grant` to a refresh. Holds the identity, and no tokens.
        Revoked = "revoked",
    }
}

/// A signed-in player, as one joined row tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurrentPlayer {
    pub session: CurrentSession,
    pub player: CurrentPlayerProfile,
    pub link: Option<CurrentLink>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurrentSession {
    pub id: SessionId,
    /// Lets the verbs rotate exactly the row they were asked from.
    pub token_hash: String,
    /// Survives a rotated id, so that other tabs keep working.
    pub csrf_secret: String,
    pub signed_in_with: SignedInWith,
    pub is_remembered: bool,
    /// When its owner last proved a credential (S28).
    #[serde(with = "ts_microseconds_option")]
    pub fresh_at: Option<DateTime<Utc>>,
    /// Whether it sent its browser to Amazon and still waits for the answer.
    pub awaits_amazon: bool,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurrentPlayerProfile {
    pub id: PlayerId,
    pub display_name: String,
    pub user_name: Option<String>,
    pub email: Option<String>,
    pub has_password: bool,
    pub language: Option<String>,
    pub sync_display_name: bool,
    #[serde(with = "ts_microseconds")]
    pub created_at: DateTime<Utc>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct CurrentLink {
    pub id: LinkId,
    pub state: LinkState,
    #[serde(with = "ts_microseconds")]
    pub state_since: DateTime<Utc>,
    pub state_cause: Option<StateCause>,
    pub amazon_name: Option<String>,
    pub amazon_email: Option<String>,
    /// Whether Amazon gave us a refresh token (product, `renewable`).
    pub is_renewable: bool,
    #[serde(with = "ts_microseconds")]
    pub linked_at: DateTime<Utc>,
    #[serde(with = "ts_microseconds")]
    pub checked_at: DateTime<Utc>,
}

impl CurrentPlayer {
    /// Whether a re-entered credential still counts (S28).
    pub fn is_fresh(&self, now: DateTime<Utc>, fresh_for: TimeDelta) -> bool {
        self.session.fresh_at.is_some_and(|at| now >= at && now - at < fresh_for)
    }

    /// Whether a password lets this player in: there is one, and a name or address to type with it.
    pub fn has_usable_password(&self) -> bool {
        self.player.has_password && (self.player.email.is_some() || self.player.user_name.is_some())
    }

    /// Whether Amazon can let this player in: a link that is alive, or only needs our copy renewed.
    pub fn can_sign_in_with_amazon(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.state != LinkState::Revoked)
    }
}
