//! The signed-in player: session, profile and link, read once for each request.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, Queryable, Selectable};

use crate::platform::db::schema::{amazon_links, factor_recoveries, players, sessions};
use crate::platform::ids::{PlayerId, SessionId};
use crate::stored_enum;

stored_enum! {
    /// How a session began, for the player's list of sessions.
    pub enum SignedInWith {
        Password = "password",
        Amazon = "amazon",
        Registration = "registration",
        /// A device id; only game sessions begin so.
        Device = "device",
        Passkey = "passkey",
    }

    /// Why a link is not active.
    pub enum StateCause {
        /// No configured key opens the stored tokens (S66).
        KeyLost = "key_lost",
        /// Amazon renewed the tokens without a scope that the portal needs.
        ScopeMissing = "scope_missing",
        /// The access token has expired, and there was no refresh token.
        TokenEnded = "token_ended",
        /// Amazon reported that access was withdrawn (S67).
        RevokedByAmazon = "revoked_by_amazon",
    }

    /// The state of a link (docs/service-api.md#link-states).
    pub enum LinkState {
        /// The tokens work, or have not failed yet.
        Active = "active",
        /// The stored tokens are unusable, and Amazon has not reported that access was withdrawn.
        NeedsReconnect = "needs_reconnect",
        /// Amazon answered `invalid_grant` to a refresh. The link keeps the identity, but no tokens.
        Revoked = "revoked",
    }
}

/// A signed-in player, read as one joined row.
#[derive(Clone, Debug)]
pub struct CurrentPlayer {
    pub session: CurrentSession,
    pub player: CurrentPlayerProfile,
    pub link: Option<CurrentLink>,
    /// Whether an open attempt of this session still waits for Amazon's callback.
    pub awaits_amazon: bool,
    pub has_passkey: bool,
    /// Whether a new address waits for its mailed code.
    pub awaits_email_code: bool,
    /// When a wait for a lost second factor is over, if one runs.
    pub factor_recovery_due: Option<DateTime<Utc>>,
}

/// The wait for a lost second factor.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = factor_recoveries)]
pub struct CurrentFactorRecovery {
    due_at: Option<DateTime<Utc>>,
    expires_at: DateTime<Utc>,
}

impl CurrentFactorRecovery {
    /// When the wait is over. `None` if it has not begun, or nobody came for too long.
    pub fn due_unless_over(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.due_at.filter(|_| self.expires_at > now)
    }
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct CurrentSession {
    pub id: SessionId,
    /// The hash of the request's session token, so that a verb rotates exactly this session.
    pub token_hash: String,
    /// Survives a new session id, so that forms in other tabs keep working.
    pub csrf_secret: String,
    pub is_remembered: bool,
    /// When the player last proved a credential in this session (S28).
    pub fresh_at: Option<DateTime<Utc>>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = players)]
pub struct CurrentPlayerProfile {
    pub id: PlayerId,
    pub display_name: String,
    pub user_name: Option<String>,
    pub email: Option<String>,
    #[diesel(select_expression = players::password_sealed.is_not_null())]
    pub has_password: bool,
    pub language: Option<String>,
    pub sync_display_name: bool,
    pub created_at: DateTime<Utc>,
    /// Raised by every act that ends all that the player has open.
    pub version: i64,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub struct CurrentLink {
    pub state: LinkState,
    pub state_since: DateTime<Utc>,
    pub state_cause: Option<StateCause>,
    pub amazon_name: Option<String>,
    pub amazon_email: Option<String>,
    /// The address at Amazon that the player is not asked about.
    pub amazon_email_known: Option<String>,
    pub amazon_postal_code: Option<String>,
    /// Whether the portal has a refresh token for the link.
    #[diesel(select_expression = amazon_links::refresh_token_sealed.is_not_null())]
    pub is_renewable: bool,
    /// Whether the link opens a browser. A link that a game made does not before somebody has confirmed it.
    #[diesel(select_expression = amazon_links::confirmed_at.is_not_null())]
    pub is_confirmed: bool,
    pub linked_at: DateTime<Utc>,
    pub checked_at: DateTime<Utc>,
}

impl CurrentPlayer {
    /// Whether the last proof of identity still counts (S28).
    pub fn is_fresh(&self, now: DateTime<Utc>, fresh_for: TimeDelta) -> bool {
        self.session.fresh_at.is_some_and(|at| now >= at && now - at < fresh_for)
    }

    /// Whether the player can sign in with a password: one is set, and there is an email address or user name.
    pub fn has_usable_password(&self) -> bool {
        self.player.has_password && (self.player.email.is_some() || self.player.user_name.is_some())
    }

    /// What the player types to sign in with a password; empty without address and user name.
    pub fn login_name(&self) -> String {
        self.player.email.clone().or_else(|| self.player.user_name.clone()).unwrap_or_default()
    }

    /// Whether the player can sign in without an Amazon account: with a password or a passkey.
    pub fn can_sign_in_without_amazon(&self) -> bool {
        self.has_usable_password() || self.has_passkey
    }

    /// Whether there is a link that is not revoked, confirmed or not.
    pub fn has_live_link(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.state != LinkState::Revoked)
    }

    /// Whether the player can sign in with Amazon: there is a confirmed link, and it is not revoked.
    pub fn can_sign_in_with_amazon(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.is_confirmed && link.state != LinkState::Revoked)
    }
}
