//! The personal part of a record, sealed under the player's own key.
//!
//! Destroying the key leaves the record, its seal and the chain valid, but its personal part can never be
//! read again (S126, S130).

use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};
use serde::{Deserialize, Serialize};

use chrono::{DateTime, Utc};
use data_encoding::BASE64;

use crate::audit::store;
use crate::platform::crypto::token::random_bytes;
use crate::platform::crypto::vault::{KeyRing, SealContext, Vault};
use crate::platform::db::{AuditContext, Conn};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;

/// The personal part of a record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PersonalFields {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub network: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub browser: Option<String>,
    /// The reason that a staff member wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

/// A player's decrypted key.
pub(super) struct PlayerKey(Vault);

const KEY: &str = "player";

impl PlayerKey {
    /// Returns the player's key, and creates it if the player never had one. `None` if it was destroyed.
    pub fn of(
        conn: &mut Conn,
        context: &AuditContext,
        player: &PlayerId,
        at: DateTime<Utc>,
    ) -> Result<Option<Self>, Fault> {
        let stored = if let Some(stored) = store::key_of(conn, player.as_str())? {
            stored
        } else {
            let bytes = Zeroizing::new(random_bytes::<32>()?);
            let text = SecretString::from(BASE64.encode(bytes.as_slice()));
            let sealed = context.vault.seal(&place_of_key(player.as_str()), &text)?;
            // When two transactions create the key at once, the key that was stored first counts.
            store::put_key(conn, player.as_str(), Some(&sealed), at)?;
            store::key_of(conn, player.as_str())?.flatten()
        };
        Ok(stored.and_then(|sealed| Self::open(&context.vault, player.as_str(), &sealed)))
    }

    /// Opens a stored key. A failure is logged, not returned.
    ///
    /// A record without its personal part is better than a change that cannot happen.
    pub fn open(vault: &Vault, player: &str, sealed: &[u8]) -> Option<Self> {
        let opened = vault.open(&place_of_key(player), sealed);
        if let Err(fault) = &opened {
            tracing::error!(
                event = "audit.player_key.unreadable",
                player.id = player,
                %fault,
                "opening a player's audit key failed"
            );
        }
        let bytes = Zeroizing::new(BASE64.decode(opened.ok()?.expose_secret().as_bytes()).ok()?);
        let bytes = <[u8; 32]>::try_from(bytes.as_slice()).ok()?;
        KeyRing::from_keys([(KEY.to_owned(), SecretBox::new(Box::new(bytes)))])
            .map(|ring| Self(Vault::new(ring)))
    }

    pub fn seal(&self, event: &str, player: &str, personal: &PersonalFields) -> Result<Vec<u8>, Fault> {
        let text = serde_json::to_string(personal)
            .map_err(|error| Fault::broken("writing the personal part of a record", error))?;
        self.0.seal(&place_of(event, player), &SecretString::from(text))
    }

    /// The personal part of a record. `None` if it was changed.
    pub fn read(&self, event: &str, player: &str, sealed: &[u8]) -> Option<PersonalFields> {
        let text = self.0.open(&place_of(event, player), sealed).ok()?;
        serde_json::from_str(text.expose_secret()).ok()
    }
}

/// Destroys the player's key, so that the personal part of the player's records can never be read again.
pub fn destroy_player_key(conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> Result<(), Fault> {
    store::destroy_key(conn, player.as_str(), at)?;
    Ok(store::clear_networks(conn, player.as_str())?)
}

pub(super) fn place_of_key(player: &str) -> SealContext {
    SealContext {
        purpose: "audit key",
        table: "audit_keys",
        row: player.to_owned(),
        player: player.to_owned(),
        identity: String::new(),
    }
}

fn place_of(event: &str, player: &str) -> SealContext {
    SealContext {
        purpose: "personal part of a record",
        table: "audit_events",
        row: event.to_owned(),
        player: player.to_owned(),
        identity: String::new(),
    }
}
