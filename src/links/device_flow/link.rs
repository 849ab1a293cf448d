//! From the tokens of an allowed device to a link, by the same decision table as in the browser.
//!
//! Before anything is written, Amazon confirms that the tokens belong to the device client and to one customer (S50).
//! The link stores that client, because only it can renew the tokens. No link of anybody is taken away or replaced.
//!
//! The caller ends the row of the device flow in the same transaction.

use chrono::{DateTime, Utc};
use secrecy::SecretString;
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::LinkState;
use crate::links::identity::SealedLink;
use crate::links::model::{
    Cause, ExchangedIdentity, HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, Purpose, decide,
};
use crate::links::presented_token::{GameCallContext, linked_message};
use crate::links::store::{self, Ending};
use crate::lwa::{self, ClientRegistration, TokenProvenance, missing_scopes};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::{Conn, is_unique_violation};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::name::{DisplayName, ReservedNames};

/// The tokens that Amazon issued for a code.
pub struct DeviceFlowGrant {
    pub access: SecretString,
    pub refresh: Option<SecretString>,
    pub expires_at: DateTime<Utc>,
    /// The scopes that Amazon names. `None` means that the requested ones were granted.
    pub scopes: Option<String>,
}

/// An identity that allowed a device, with its tokens.
pub struct DeviceFlowTokens(ExchangedIdentity);

/// Why a grant leads to no identity.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IdentityNotProven {
    /// Amazon cannot answer now; the tokens may be valid.
    Later,
    /// The tokens are invalid, or lack a required scope.
    Never,
}

/// The result for the identity and the player's link.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlowLinked {
    Linked,
    /// The identity is the player's own, and its link is active.
    AlreadyLinked,
    /// The identity belongs to another player.
    Taken,
    PlayerHasAnother,
}

/// Asks Amazon whose tokens these are.
///
/// The calls end within 8 seconds (S85) and use no database connection.
pub async fn verify_grant(
    app: &App,
    reference: &str,
    grant: DeviceFlowGrant,
) -> Result<DeviceFlowTokens, IdentityNotProven> {
    if !missing_scopes(app.lwa.scopes(), grant.scopes.as_deref()).is_empty() {
        tracing::info!(request.reference = reference, "a device was not allowed all that is needed");
        return Err(IdentityNotProven::Never);
    }
    let from = TokenProvenance::Exchanged(ClientRegistration::Device);
    let identity =
        app.lwa.identify(&grant.access, from).await.map_err(|error| log_refusal(reference, &error))?;
    Ok(DeviceFlowTokens(ExchangedIdentity {
        amazon_id: identity.user_id,
        name: identity.name,
        email: identity.email,
        client_id: identity.client_id,
        scopes: grant.scopes.unwrap_or_else(|| app.lwa.scopes().join(" ")),
        access: grant.access,
        refresh: grant.refresh,
        access_expires_at: grant.expires_at,
    }))
}

fn log_refusal(reference: &str, error: &lwa::LwaError) -> IdentityNotProven {
    let (class, request_id) = (error.class().word(), error.request_id());
    match error.kind() {
        lwa::LwaErrorKind::Unavailable { .. } | lwa::LwaErrorKind::Busy => {
            tracing::warn!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon could not"
            );
            IdentityNotProven::Later
        }
        lwa::LwaErrorKind::InvalidGrant
        | lwa::LwaErrorKind::Misconfigured
        | lwa::LwaErrorKind::NotAuthentic
        | lwa::LwaErrorKind::Contradiction
        | lwa::LwaErrorKind::ScopeMissing => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon contradicts itself"
            );
            IdentityNotProven::Never
        }
    }
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlowLinkRefusal {
    /// The facts behind the decision have changed; the caller prepares again.
    Race,
    /// The player or support unlinked after the code was requested, so the code no longer counts.
    Unlinked,
}

/// A link by code, ready to be written.
pub struct DeviceFlowLinkWrite {
    hands: GameCallContext,
    player: PlayerId,
    asked_at: DateTime<Utc>,
    step: DeviceFlowStep,
    link: SealedLink,
    name: Option<DisplayName>,
    letter: Option<MailMessage>,
    hasher: LookupHasher,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DeviceFlowStep {
    Link,
    Renew(HeldLink),
    Refuse(LinkRefusal),
}

/// Decides as for [`Purpose::Link`]. The person has already allowed the device at Amazon, so nothing is left to
/// confirm.
fn decide_step(standing: &LinkingFacts) -> DeviceFlowStep {
    match decide(Purpose::Link, standing) {
        LinkingDecision::Confirm => DeviceFlowStep::Link,
        LinkingDecision::Renew(own) => DeviceFlowStep::Renew(own),
        LinkingDecision::Refused(refused) => DeviceFlowStep::Refuse(refused),
        // `Purpose::Link` leads to no other decision.
        _ => DeviceFlowStep::Refuse(LinkRefusal::AttemptUnknown),
    }
}

impl DeviceFlowLinkWrite {
    /// Reads the facts and prepares the write.
    ///
    /// `asked_at` is the time at which the player requested the code.
    pub async fn prepare(
        app: &App,
        hands: &GameCallContext,
        player: &PlayerId,
        asked_at: DateTime<Utc>,
        DeviceFlowTokens(arrived): &DeviceFlowTokens,
    ) -> Result<Self, Fault> {
        let (amazon_id, asked) = (arrived.amazon_id.clone(), player.clone());
        let (standing, known) = app
            .db
            .read(move |conn| {
                let standing = store::standing(conn, &amazon_id, None, Some(&asked))?;
                Ok((standing, players::store::credentials_by_id(conn, &asked)?))
            })
            .await?;
        let step = decide_step(&standing);
        let id = match &step {
            DeviceFlowStep::Renew(own) => own.id.clone(),
            DeviceFlowStep::Link | DeviceFlowStep::Refuse(_) => LinkId::new(hands.at),
        };
        let letter = match (&step, &known) {
            (DeviceFlowStep::Link, Some(known)) => linked_message(app, known, arrived)?,
            _ => None,
        };
        let reserved = ReservedNames::new(&app.config.site.name);
        Ok(Self {
            link: SealedLink::of(&app.vault, arrived, id, player, hands.at)?,
            name: arrived.name.as_deref().and_then(|name| DisplayName::from_upstream(name, &reserved)),
            hands: hands.clone(),
            player: player.clone(),
            asked_at,
            step,
            letter,
            hasher: app.keys.lookup.clone(),
        })
    }

    /// The result of [`DeviceFlowLinkWrite::write`], if the facts do not change meanwhile.
    pub fn joined(&self) -> DeviceFlowLinked {
        match &self.step {
            DeviceFlowStep::Renew(own) if own.state == LinkState::Active => DeviceFlowLinked::AlreadyLinked,
            DeviceFlowStep::Link | DeviceFlowStep::Renew(_) => DeviceFlowLinked::Linked,
            DeviceFlowStep::Refuse(LinkRefusal::IdentityTaken) => DeviceFlowLinked::Taken,
            DeviceFlowStep::Refuse(_) => DeviceFlowLinked::PlayerHasAnother,
        }
    }

    /// Writes the prepared step, or nothing.
    ///
    /// The caller has locked the player's row and writes nothing afterwards, because the link event comes last.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Stop<DeviceFlowLinkRefusal>> {
        let ended = store::last_end(conn, &self.player)?;
        let by_hand = |cause| matches!(cause, Cause::UnlinkedByPlayer | Cause::UnlinkedBySupport);
        if ended.is_some_and(|(cause, at)| by_hand(cause) && at >= self.asked_at) {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::Unlinked));
        }
        let standing = store::standing(conn, &self.link.amazon_id, None, Some(&self.player))?;
        if decide_step(&standing) != self.step {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::Race));
        }
        let told = match &self.step {
            DeviceFlowStep::Link => self.link(conn, standing.own.as_ref())?,
            DeviceFlowStep::Renew(own) => self.renew(conn, own)?,
            DeviceFlowStep::Refuse(refused) => {
                self.record(conn, Kind::LinkRefused, json!({ "code": refused.code(), "door": "code" }))?;
                return Ok(());
            }
        };
        if let Some(name) = &self.name {
            players::store::sync_display_name(conn, &self.player, name)?;
            players::store::fill_display_name(conn, &self.player, name)?;
        }
        if let Some(kind) = told {
            let (at, player) = (self.hands.at, self.player.clone());
            link_events::record_event(
                conn,
                &NewLinkEvent { at, kind, player, actor: Actor::Player, cause: None },
            )?;
        }
        Ok(())
    }

    fn link(
        &self,
        conn: &mut Conn,
        own: Option<&HeldLink>,
    ) -> Result<Option<link_events::Kind>, Stop<DeviceFlowLinkRefusal>> {
        if let Some(revoked) = own {
            let ending = Ending { actor: "amazon", cause: Cause::RevokedByAmazon, at: self.hands.at };
            store::end(conn, &revoked.id, &ending, &|id| {
                self.hasher.hash(LookupPurpose::FormerIdentity, id)
            })?;
        }
        match store::insert(conn, &self.link) {
            Err(error) if is_unique_violation(&error) => {
                return Err(Stop::Refused(DeviceFlowLinkRefusal::Race));
            }
            inserted => inserted?,
        }
        self.record(conn, Kind::LinkAdded, json!({ "door": "code" }))?;
        if let Some(letter) = &self.letter {
            mail::enqueue(conn, letter)?;
        }
        Ok(Some(link_events::Kind::Linked))
    }

    fn renew(
        &self,
        conn: &mut Conn,
        own: &HeldLink,
    ) -> Result<Option<link_events::Kind>, Stop<DeviceFlowLinkRefusal>> {
        if !store::renew(conn, &self.link, own.state)? {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::Race));
        }
        let is_active = own.state == LinkState::Active;
        let kind = if is_active { Kind::LinkRenewed } else { Kind::LinkReconnected };
        self.record(conn, kind, json!({ "door": "code" }))?;
        Ok((!is_active).then_some(link_events::Kind::Reconnected))
    }

    fn record(&self, conn: &mut Conn, kind: Kind, details: serde_json::Value) -> Result<(), Fault> {
        let event = AuditEvent::new(self.hands.at, kind, Actor::Player, &self.hands.reference);
        Ok(audit::append_event(conn, &event.on(&self.player).from(&self.hands.network).with(details))?)
    }
}
