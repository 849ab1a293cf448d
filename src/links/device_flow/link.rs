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
use crate::links::change::link::{LinkChange, LinkConflict, LinkMessages, Linking};
use crate::links::change::link_undo::LinkUndo;
use crate::links::game_rules::{GameAct, GameRules, GivenProof, ProofMissing};
use crate::links::identity::SealedIdentity;
use crate::links::model::{
    Cause, ExchangedIdentity, HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, MadeBy, Purpose, decide,
};
use crate::links::presented_token::GameCallContext;
use crate::links::store;
use crate::lwa::{ClientRegistration, LwaError, LwaErrorKind, TokenProvenance, missing_scopes};
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::{LinkId, PlayerId};

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

impl DeviceFlowTokens {
    /// The identity of an opened device flow.
    pub(super) fn of_plaintext(plaintext: SealedIdentity) -> Self {
        Self(ExchangedIdentity::of_plaintext(plaintext))
    }

    /// The identity as part of the plaintext of a device flow.
    pub(super) fn to_plaintext(&self) -> SealedIdentity {
        self.0.to_plaintext()
    }
}

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

/// Verifies the tokens at Amazon.
///
/// The calls end within 8 seconds (S85) and use no database connection.
pub async fn verify_grant(app: &App, grant: DeviceFlowGrant) -> Result<DeviceFlowTokens, IdentityNotProven> {
    if !missing_scopes(app.lwa.essential_scopes(), grant.scopes.as_deref()).is_empty() {
        tracing::info!(event = "links.device_flow.scope_missing", "a device flow granted too few scopes");
        return Err(IdentityNotProven::Never);
    }
    let from = TokenProvenance::Exchanged(ClientRegistration::Device);
    let identity = app.lwa.identify(&grant.access, from).await.map_err(|error| log_refusal(&error))?;
    Ok(DeviceFlowTokens(ExchangedIdentity {
        amazon_id: identity.user_id,
        name: identity.name,
        email: identity.email,
        postal_code: identity.postal_code,
        client_id: identity.client_id,
        scopes: grant.scopes.unwrap_or_else(|| app.lwa.scopes().join(" ")),
        access: grant.access,
        refresh: grant.refresh,
        access_expires_at: grant.expires_at,
    }))
}

fn log_refusal(error: &LwaError) -> IdentityNotProven {
    error.log("device_flow.identify");
    match error.kind() {
        LwaErrorKind::Unavailable { .. } | LwaErrorKind::Busy => IdentityNotProven::Later,
        LwaErrorKind::InvalidGrant
        | LwaErrorKind::Misconfigured
        | LwaErrorKind::NotAuthentic
        | LwaErrorKind::Contradiction
        | LwaErrorKind::ScopeMissing => IdentityNotProven::Never,
    }
}

/// Why nothing was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlowLinkRefusal {
    /// The facts behind the decision have changed; the caller prepares again.
    Race,
    /// The player or support unlinked after the code was requested, so the code no longer counts.
    Unlinked,
    /// The player has proven an address meanwhile, and linking would need a proof now.
    ProofMissing,
}

impl From<LinkConflict> for DeviceFlowLinkRefusal {
    fn from(_: LinkConflict) -> Self {
        Self::Race
    }
}

/// A link by code, ready to be written.
pub struct DeviceFlowLinkWrite {
    linking: Linking,
    event: AuditEvent,
    player: PlayerId,
    asked: DeviceFlowRequest,
    rules: GameRules,
    step: DeviceFlowStep,
}

/// The request for the code.
#[derive(Clone, Copy, Debug)]
pub struct DeviceFlowRequest {
    pub at: DateTime<Utc>,
    /// What had been proven then.
    pub proof: GivenProof,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum DeviceFlowStep {
    Link,
    Renew(HeldLink),
    Refuse(LinkRefusal),
}

/// Decides as for [`Purpose::Link`]. The person has already allowed the device at Amazon, so nothing is left to
/// confirm.
///
/// `refused` is the answer of the rules for games to a free identity.
fn decide_step(facts: &LinkingFacts, refused: Option<ProofMissing>) -> DeviceFlowStep {
    match decide(Purpose::Link, facts) {
        LinkingDecision::Confirm if refused == Some(ProofMissing::AlreadyLinked) => {
            DeviceFlowStep::Refuse(LinkRefusal::PlayerHasAnother)
        }
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
    /// `asked` is the request for the code.
    pub async fn prepare(
        app: &App,
        call: &GameCallContext,
        player: &PlayerId,
        asked: DeviceFlowRequest,
        DeviceFlowTokens(identity): &DeviceFlowTokens,
    ) -> Result<Self, Fault> {
        let (amazon_id, of) = (identity.amazon_id.clone(), player.clone());
        let rules = GameRules::of(app);
        let (facts, known, judged) = app
            .db
            .read(move |conn| {
                let facts = store::read_facts(conn, &amazon_id, None, Some(&of))?;
                let judged = rules.judge(conn, GameAct::Link, &of, asked.proof)?;
                Ok((facts, players::store::credentials_by_id(conn, &of)?, judged))
            })
            .await?;
        let step = decide_step(&facts, judged.err());
        let id = match &step {
            DeviceFlowStep::Renew(own) => own.id.clone(),
            DeviceFlowStep::Link | DeviceFlowStep::Refuse(_) => LinkId::new(call.at),
        };
        let messages = match (&step, &known) {
            (DeviceFlowStep::Link, Some(known)) => {
                let to = known.as_recipient(Language::English);
                let undo = LinkUndo::prepare(app, identity, &id, player, to.language)?;
                LinkMessages::linked(app, &to, identity)?.with_undo(undo)
            }
            _ => LinkMessages::default(),
        };
        let event = call.audit_event(Kind::LinkAdded, Actor::Player).with(json!({ "door": "code" }));
        let linking = Linking::prepare(app, identity, id, player, event.clone())?
            .made_by(MadeBy::GameCode)
            .requested_by(Some(player), call.session())
            .with_messages(messages);
        Ok(Self { linking, event: event.on(player), player: player.clone(), asked, rules, step })
    }

    /// The result of [`DeviceFlowLinkWrite::write`], if the facts do not change meanwhile.
    pub fn expected_result(&self) -> DeviceFlowLinked {
        match &self.step {
            DeviceFlowStep::Renew(own) if own.state == LinkState::Active => DeviceFlowLinked::AlreadyLinked,
            DeviceFlowStep::Link | DeviceFlowStep::Renew(_) => DeviceFlowLinked::Linked,
            DeviceFlowStep::Refuse(LinkRefusal::IdentityTaken) => DeviceFlowLinked::Taken,
            DeviceFlowStep::Refuse(_) => DeviceFlowLinked::PlayerHasAnother,
        }
    }

    /// Whether the player or support unlinked after the code was requested.
    pub fn is_undone(&self, conn: &mut Conn) -> QueryResult<bool> {
        let ended = store::last_end(conn, &self.player)?;
        let by_hand = |cause| matches!(cause, Cause::UnlinkedByPlayer | Cause::UnlinkedBySupport);
        Ok(ended.is_some_and(|(cause, at)| by_hand(cause) && at >= self.asked.at))
    }

    /// Writes the prepared step, or nothing.
    ///
    /// The caller has locked the player's row and writes nothing afterwards, because the link event comes last.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Stop<DeviceFlowLinkRefusal>> {
        self.linking.write(conn, |conn, facts| self.decide(conn, facts), |_| Ok(())).map(drop)
    }

    fn decide(
        &self,
        conn: &mut Conn,
        facts: &LinkingFacts,
    ) -> Result<LinkChange, Stop<DeviceFlowLinkRefusal>> {
        if self.is_undone(conn)? {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::Unlinked));
        }
        let act = match &self.step {
            DeviceFlowStep::Renew(_) => GameAct::Renew,
            DeviceFlowStep::Link | DeviceFlowStep::Refuse(_) => GameAct::Link,
        };
        let refused = self.rules.judge(conn, act, &self.player, self.asked.proof)?.err();
        if decide_step(facts, refused) != self.step {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::Race));
        }
        if self.step == DeviceFlowStep::Link && refused.is_some() {
            return Err(Stop::Refused(DeviceFlowLinkRefusal::ProofMissing));
        }
        match &self.step {
            DeviceFlowStep::Link => Ok(LinkChange::Add),
            DeviceFlowStep::Renew(own) => Ok(LinkChange::Renew { link: own.clone(), is_recorded: true }),
            DeviceFlowStep::Refuse(refused) => {
                let details = json!({ "code": refused.as_str(), "door": "code" });
                let event = AuditEvent { kind: Kind::LinkRefused, ..self.event.clone() }.with(details);
                audit::append_event(conn, &event)?;
                Ok(LinkChange::Nothing)
            }
        }
    }
}
