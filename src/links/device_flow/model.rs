//! A linking, how it may end, and what is sealed in it while it is open.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::links::DeviceFlowGrant;
use crate::lwa::LwaTokens;
use crate::platform::crypto::vault::{SealContext, Vault};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::word_type;

word_type! {
    /// How a linking ended.
    Outcome {
        /// The player has the link.
        Linked = "linked",
        /// It was the player's own Amazon account, whose link works.
        AlreadyLinked = "already_linked",
        /// Another player has that Amazon account.
        Taken = "taken",
        /// The player has another Amazon account.
        PlayerHasAnother = "player_has_another",
        /// The person said no at Amazon.
        Denied = "denied",
        /// Nobody typed the code in time, or the link was taken away meanwhile.
        Expired = "expired",
        /// Amazon or the portal could not.
        Failed = "failed",
        /// The player asked for a newer code.
        Replaced = "replaced",
    }
}

word_type! {
    /// By which door a linking was asked for.
    AskedBy {
        Game = "game",
        Service = "service",
    }
}

/// A linking under a lease.
#[derive(Clone)]
pub(super) struct ClaimedDeviceFlow {
    pub id: String,
    pub player: PlayerId,
    pub lease: String,
    pub pair_sealed: Vec<u8>,
    /// The least time between two questions.
    pub interval: TimeDelta,
    pub reference: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The text that is sealed. Never stored or shown open.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedDeviceFlow {
    pub device_code: String,
    pub user_code: String,
    /// Once Amazon gave them. The pair is spent then, so that they are kept until it is known whose they are.
    pub tokens: Option<SealedDeviceFlowTokens>,
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
            serde_json::to_string(self).map_err(|error| Fault::broken("keeping a code pair", error))?;
        vault.seal(&place_of_pair(id, player), &SecretString::from(text))
    }

    pub fn open(vault: &Vault, taken: &ClaimedDeviceFlow) -> Result<Self, Fault> {
        const DURING: &str = "opening a code pair";
        let place = place_of_pair(&taken.id, &taken.player);
        let text = vault.open(&place, &taken.pair_sealed).map_err(|error| Fault::broken(DURING, error))?;
        serde_json::from_str(text.expose_secret()).map_err(|error| Fault::broken(DURING, error))
    }
}

impl SealedDeviceFlowTokens {
    /// `asked_at`: from before the call on, so that the answer's way here counts against the token (S88).
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

/// Where the vault knows what a linking asks with.
pub(super) fn place_of_pair(id: &str, player: &PlayerId) -> SealContext {
    SealContext {
        purpose: "code pair",
        table: "code_linkings",
        row: id.to_owned(),
        player: player.to_string(),
        identity: String::new(),
    }
}
