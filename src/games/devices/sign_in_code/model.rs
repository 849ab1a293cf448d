//! The states of a sign-in by code, and its row.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::platform::db::schema::{game_sign_in_codes, players};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::{SessionOrigin, SignedInWith};
use crate::{stored_enum, text_enum};

stored_enum! {
    /// How a sign-in by code ended.
    pub(super) enum SignInCodeOutcome {
        /// The TV may sign in as the player who allowed it.
        SignedIn = "signed_in",
        /// The Amazon account was linked to the TV's player.
        Linked = "linked",
        /// The Amazon account is another player's by now, or the TV's player has one.
        Taken = "taken",
        /// The person said that it is not their device.
        Denied = "denied",
        /// The game asked for a newer code.
        Replaced = "replaced",
    }
}

text_enum! {
    /// The state of a sign-in by code.
    pub enum SignInCodeState {
        Pending = "pending",
        SignedIn = "signed_in",
        Linked = "linked",
        Taken = "taken",
        Denied = "denied",
        /// The code is too old, was typed wrong too often, or never existed, or what it came from has ended.
        Expired = "expired",
        Replaced = "replaced",
    }
}

/// A code as the game asks for it.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = game_sign_in_codes)]
pub(super) struct SignInCode {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: Option<PlayerId>,
    pub player_version: i64,
    #[diesel(column_name = session_id)]
    pub session: Option<SessionId>,
    pub tries: i64,
    pub api_key: String,
    #[diesel(column_name = device_label)]
    pub label: String,
    pub network: String,
    pub outcome: Option<SignInCodeOutcome>,
    #[diesel(column_name = granted_player_id)]
    pub granted_player: Option<PlayerId>,
    pub granted_version: Option<i64>,
    #[diesel(column_name = granted_session_id)]
    pub granted_session: Option<SessionId>,
    pub granted_with: Option<SignedInWith>,
    #[diesel(column_name = game_session_id)]
    pub game_session: Option<SessionId>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The TV's own player, as the page shows them.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = players)]
pub(super) struct ShownPlayer {
    pub display_name: String,
    pub created_at: DateTime<Utc>,
}

impl SignInCode {
    /// The game's session that asked, and its player. `None` for a TV without a player.
    pub fn origin(&self) -> Option<SessionOrigin> {
        let player = self.player.clone()?;
        Some(SessionOrigin { player, player_version: self.player_version, session: self.session.clone() })
    }

    /// The browser's session that allowed the sign-in, and its player.
    pub fn grant(&self) -> Option<SessionOrigin> {
        let (player, player_version) = (self.granted_player.clone()?, self.granted_version?);
        Some(SessionOrigin { player, player_version, session: self.granted_session.clone() })
    }
}
