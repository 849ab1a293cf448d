//! A device flow, its outcomes, and the secrets sealed in it while it is open.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{NullableExpressionMethods, Queryable, Selectable};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::links::identity::SealedIdentity;
use crate::links::{DeviceFlowGrant, GivenProof};
use crate::lwa::LwaTokens;
use crate::platform::crypto::vault::{SealContext, Vault};
use crate::platform::db::schema::code_linkings;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SessionOrigin;
use crate::stored_enum;

stored_enum! {
    /// How a device flow ended.
    pub enum Outcome {
        Linked = "linked",
        /// The identity is the player's own, and its link is active.
        AlreadyLinked = "already_linked",
        /// Another player has that Amazon account.
        Taken = "taken",
        /// The player has another Amazon account.
        PlayerHasAnother = "player_has_another",
        /// The person declined at Amazon.
        Denied = "denied",
        /// Nobody typed the code in time, or the player's link was unlinked meanwhile.
        Expired = "expired",
        /// Amazon or the portal failed.
        Failed = "failed",
        /// The player requested a newer code.
        Replaced = "replaced",
    }

    /// The interface through which a device flow was requested.
    pub enum AskedBy {
        Game = "game",
        Service = "service",
    }
}

/// A device flow under a lease.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = code_linkings)]
pub(super) struct ClaimedDeviceFlow {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub player_version: i64,
    pub asked_by: AskedBy,
    pub asker_id: Option<String>,
    #[diesel(select_expression = code_linkings::lease_owner.assume_not_null())]
    pub lease: String,
    #[diesel(select_expression = code_linkings::pair_sealed.assume_not_null())]
    pub pair_sealed: Vec<u8>,
    pub interval_seconds: i64,
    pub reference: String,
    pub network: String,
    /// When the asking session had proven who its player is. The code carries that proof for as long as it lives.
    pub proved_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

impl ClaimedDeviceFlow {
    /// The session of the game that requested the code, and its player. A game server has no session.
    pub fn origin(&self) -> SessionOrigin {
        let session = self.asker_id.clone().filter(|_| self.asked_by == AskedBy::Game);
        SessionOrigin {
            player: self.player.clone(),
            player_version: self.player_version,
            session: session.map(SessionId::from),
        }
    }

    /// What had been proven when the code was asked for.
    pub fn proof(&self) -> GivenProof {
        GivenProof {
            by_session: self.proved_at.is_some(),
            by_password: false,
            by_service_key: self.asked_by == AskedBy::Service,
        }
    }

    /// The least time between two polls.
    pub fn interval(&self) -> TimeDelta {
        TimeDelta::seconds(self.interval_seconds)
    }
}

/// The plaintext of the sealed column. It is never stored or shown unsealed.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedDeviceFlow {
    pub device_code: String,
    pub user_code: String,
    /// The tokens, once Amazon issued them. The pair is spent then, so they stay until Amazon names their customer.
    pub tokens: Option<SealedDeviceFlowTokens>,
    /// When the code itself ends. The row may last longer, until Amazon has named the customer.
    #[serde(default)]
    pub code_ends_at: Option<DateTime<Utc>>,
    /// The customer's identity, which waits for the game's confirmation.
    #[serde(default)]
    pub identity: Option<SealedIdentity>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct SealedDeviceFlowTokens {
    access: String,
    refresh: Option<String>,
    expires_at: DateTime<Utc>,
    scopes: Option<String>,
}

impl SealedDeviceFlow {
    pub fn seal(&self, vault: &Vault, id: &str, player: &PlayerId) -> Result<Vec<u8>, Fault> {
        let text =
            serde_json::to_string(self).map_err(|error| Fault::broken("storing a code pair", error))?;
        vault.seal(&place_of_pair(id, player), &SecretString::from(text))
    }

    pub fn open(vault: &Vault, flow: &ClaimedDeviceFlow) -> Result<Self, Fault> {
        Self::open_column(vault, &flow.id, &flow.player, &flow.pair_sealed)
    }

    pub fn open_column(vault: &Vault, id: &str, player: &PlayerId, sealed: &[u8]) -> Result<Self, Fault> {
        const DURING: &str = "opening a code pair";
        let place = place_of_pair(id, player);
        let text = vault.open(&place, sealed).map_err(|error| Fault::broken(DURING, error))?;
        serde_json::from_str(text.expose_secret()).map_err(|error| Fault::broken(DURING, error))
    }
}

impl SealedDeviceFlowTokens {
    /// `asked_at` is the time before the call, so that the duration of the call shortens the token's life (S88).
    pub fn of(tokens: &LwaTokens, asked_at: DateTime<Utc>) -> Self {
        Self {
            access: tokens.access.expose_secret().to_owned(),
            refresh: tokens.refresh.as_ref().map(|token| token.expose_secret().to_owned()),
            expires_at: asked_at + TimeDelta::from_std(tokens.expires_in).unwrap_or_default(),
            scopes: tokens.scope.clone(),
        }
    }

    pub fn grant(self) -> DeviceFlowGrant {
        DeviceFlowGrant {
            access: self.access.into(),
            refresh: self.refresh.map(Into::into),
            expires_at: self.expires_at,
            scopes: self.scopes,
        }
    }
}

/// A device flow whose identity waits for the confirmation of the game that asked.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = code_linkings)]
pub(super) struct UnconfirmedDeviceFlow {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub asker_id: Option<String>,
    #[diesel(select_expression = code_linkings::pair_sealed.assume_not_null())]
    pub pair_sealed: Vec<u8>,
}

/// The seal context of a device flow's secrets.
pub(super) fn place_of_pair(id: &str, player: &PlayerId) -> SealContext {
    SealContext {
        purpose: "code pair",
        table: "code_linkings",
        row: id.to_owned(),
        player: player.to_string(),
        identity: String::new(),
    }
}
