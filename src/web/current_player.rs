//! Who is asking: the session, its player and the player's link, read once a request.

use chrono::serde::{ts_microseconds, ts_microseconds_option};
use chrono::{DateTime, TimeDelta, Utc};
use serde::{Deserialize, Serialize};

use crate::words::{LinkId, LinkState, PlayerId, SessionId, SignedInWith, StateCause};

/// A signed-in player, as one joined row tells it.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Viewer {
    pub session: ViewerSession,
    pub player: ViewerPlayer,
    pub link: Option<ViewerLink>,
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ViewerSession {
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
pub struct ViewerPlayer {
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
pub struct ViewerLink {
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

impl Viewer {
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
