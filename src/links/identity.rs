//! An exchanged identity: sealed into its attempt until the person has decided, then into the link (S64).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};

use crate::links::model::{
    Attempt, ExchangedIdentity, IDENTITY, MadeBy, TokensFrom, place_in_attempt, place_of_access_token,
    place_of_refresh_token,
};
use crate::platform::crypto::vault::Vault;
use crate::platform::fault::Fault;
use crate::platform::ids::{AttemptId, LinkId, PlayerId};

/// The plaintext of a sealed column. It is never stored or shown unsealed.
#[derive(Serialize, Deserialize)]
pub(super) struct SealedIdentity {
    amazon_id: String,
    name: Option<String>,
    email: Option<String>,
    #[serde(default)]
    postal_code: Option<String>,
    client_id: String,
    scopes: String,
    access: String,
    refresh: Option<String>,
    access_expires_at: DateTime<Utc>,
}

impl SealedIdentity {
    /// The first letter of each part of the name.
    pub(super) fn masked_name(&self) -> Option<String> {
        let parts: Vec<String> = self
            .name
            .as_deref()?
            .split_whitespace()
            .filter_map(|part| part.chars().next().map(|first| format!("{first}***")))
            .collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }
}

impl ExchangedIdentity {
    /// Seals the identity into one column of the attempt's row.
    pub(super) fn seal_into(&self, vault: &Vault, attempt: &AttemptId) -> Result<Vec<u8>, Fault> {
        let text = serde_json::to_string(&self.to_plaintext())
            .map_err(|error| Fault::broken("storing a pending identity", error))?;
        vault.seal(&place_in_attempt(IDENTITY, attempt), &SecretString::from(text))
    }

    /// Opens what [`ExchangedIdentity::seal_into`] sealed.
    pub(super) fn of(vault: &Vault, attempt: &Attempt) -> Result<Self, Fault> {
        let during = "opening a pending identity";
        let sealed =
            attempt.identity_sealed.as_deref().ok_or_else(|| Fault::broken(during, "there is none"))?;
        let text = vault
            .open(&place_in_attempt(IDENTITY, &attempt.id), sealed)
            .map_err(|error| Fault::broken(during, error))?;
        let plaintext: SealedIdentity =
            serde_json::from_str(text.expose_secret()).map_err(|error| Fault::broken(during, error))?;
        Ok(Self::of_plaintext(plaintext))
    }

    /// The identity as the plaintext of a column that the caller seals.
    pub(super) fn to_plaintext(&self) -> SealedIdentity {
        SealedIdentity {
            amazon_id: self.amazon_id.clone(),
            name: self.name.clone(),
            email: self.email.clone(),
            postal_code: self.postal_code.clone(),
            client_id: self.client_id.clone(),
            scopes: self.scopes.clone(),
            access: self.access.expose_secret().to_owned(),
            refresh: self.refresh.as_ref().map(|token| token.expose_secret().to_owned()),
            access_expires_at: self.access_expires_at,
        }
    }

    /// The identity of an opened column.
    pub(super) fn of_plaintext(plaintext: SealedIdentity) -> Self {
        Self {
            amazon_id: plaintext.amazon_id,
            name: plaintext.name,
            email: plaintext.email,
            postal_code: plaintext.postal_code,
            client_id: plaintext.client_id,
            scopes: plaintext.scopes,
            access: plaintext.access.into(),
            refresh: plaintext.refresh.map(Into::into),
            access_expires_at: plaintext.access_expires_at,
        }
    }
}

/// The columns of a link, with tokens sealed for exactly this link, player and identity.
#[derive(Clone)]
pub(super) struct SealedLink {
    pub id: LinkId,
    pub player: PlayerId,
    pub amazon_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub postal_code: Option<String>,
    pub client_id: String,
    pub scopes: String,
    pub access: Vec<u8>,
    pub refresh: Option<Vec<u8>>,
    pub access_expires_at: DateTime<Utc>,
    pub tokens_from: TokensFrom,
    pub made_by: MadeBy,
    /// Where the game runs that made the link. `None` for a browser.
    pub made_in: Option<GameOfLink>,
    pub at: DateTime<Utc>,
}

/// The game that made a link, for the person who is asked whether the link is theirs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GameOfLink {
    /// The game's API key; empty for a game server of the service API.
    pub api_key: String,
    /// The system or platform that the game names.
    pub client: String,
    /// The truncated network.
    pub network: String,
}

impl SealedLink {
    /// Seals `identity` for the link `id` of `player`.
    pub fn of(
        vault: &Arc<Vault>,
        identity: &ExchangedIdentity,
        id: LinkId,
        player: &PlayerId,
        at: DateTime<Utc>,
    ) -> Result<Self, Fault> {
        let amazon_id = &identity.amazon_id;
        let refresh = match &identity.refresh {
            Some(token) => Some(vault.seal(&place_of_refresh_token(&id, player, amazon_id), token)?),
            None => None,
        };
        Ok(Self {
            access: vault.seal(&place_of_access_token(&id, player, amazon_id), &identity.access)?,
            refresh,
            id,
            player: player.clone(),
            amazon_id: amazon_id.clone(),
            name: identity.name.clone(),
            email: identity.email.clone(),
            postal_code: identity.postal_code.clone(),
            client_id: identity.client_id.clone(),
            scopes: identity.scopes.clone(),
            access_expires_at: identity.access_expires_at,
            tokens_from: TokensFrom::CodeGrant,
            made_by: MadeBy::Browser,
            made_in: None,
            at,
        })
    }

    /// Whether nobody has to confirm the link: its person made it in a browser, or it made its player.
    pub fn is_confirmed(&self) -> bool {
        matches!(self.made_by, MadeBy::Browser | MadeBy::NewPlayer)
    }

    /// Marks the link's token as presented by a game or a phone app.
    pub fn presented(self) -> Self {
        Self { tokens_from: TokensFrom::Presented, ..self }
    }
}
