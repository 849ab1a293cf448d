//! A sign-in that waits for the second factor: bound to its browser, for ten minutes and one use.
//!
//! It opens nothing by itself. It carries the player's version, so every act that means everybody ends it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::db::new_id;
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;
use crate::web::RequestContext;

/// How long it waits.
const LASTS: TimeDelta = TimeDelta::minutes(10);

/// A sign-in about to wait. The player's version is read in the transaction.
pub(in crate::accounts) struct NewPendingSignIn {
    pub id: String,
    pub browser_hash: String,
    pub player: PlayerId,
    pub with: SignedInWith,
    pub is_remembered: bool,
    /// Where the session is to begin.
    pub next: Option<String>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl NewPendingSignIn {
    pub fn prepare(
        context: &RequestContext,
        player: &PlayerId,
        with: SignedInWith,
        is_remembered: bool,
    ) -> Self {
        Self {
            id: new_id(context.now),
            browser_hash: context.browser_hash().as_str().to_owned(),
            player: player.clone(),
            with,
            is_remembered,
            next: None,
            created_at: context.now,
            expires_at: context.now + LASTS,
        }
    }

    pub fn going_to(self, path: Option<&str>) -> Self {
        Self { next: path.map(str::to_owned), ..self }
    }
}
