//! Handles the browser's return from Amazon.
//!
//! The order is fixed: claim the attempt, read the error response, exchange the code, verify the token, decide,
//! write. A replayed state finds no attempt. No database connection is used during a call to Amazon.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::change::link::{LinkChange, LinkConflict, Linking, email_key};
use crate::links::model::{
    Attempt, ExchangedIdentity, HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, Purpose, Stage, decide,
};
use crate::links::oauth::begin::{bearer, network_budget};
use crate::links::oauth::exchange::exchange_code;
use crate::links::{LinkState, store};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::AttemptId;
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::SignedInWith;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::RequestContext;

/// Where the browser goes next.
pub(in crate::links) enum CallbackOutcome {
    /// Signed in as the identity's player.
    SignedIn { entry: Arc<SignInWrite>, next: Option<String>, is_reconnected: bool },
    /// To the page with both names.
    Confirm(AttemptId),
    /// To the page that asks for the password of the account with that email.
    Match(AttemptId),
    /// To the page that asks for the new player's name.
    Register(AttemptId),
    /// The player's own identity again.
    Renewed { session: StartedSession, next: Option<String>, purpose: Purpose, was: LinkState },
    /// Identity proven; the pending action continues.
    Proven { rotation: SessionRotation },
}

/// A refusal, with the address that the person was going to.
pub(in crate::links) struct EndedAttempt {
    pub refused: LinkRefusal,
    pub purpose: Option<Purpose>,
    pub next: Option<String>,
}

impl From<LinkConflict> for EndedAttempt {
    fn from(_: LinkConflict) -> Self {
        Self::unknown()
    }
}

impl EndedAttempt {
    fn unknown() -> Self {
        Self { refused: LinkRefusal::AttemptUnknown, purpose: None, next: None }
    }

    fn of(attempt: &Attempt, refused: LinkRefusal) -> Self {
        Self { refused, purpose: Some(attempt.purpose), next: attempt.next.clone() }
    }
}

/// Claims the attempt, verifies the identity and carries out the decision.
pub(in crate::links) async fn complete_attempt(
    visit: &RequestContext,
    query: &[(String, String)],
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let callback = visit.app.lwa.read_callback(query);
    let Some(attempt) = claim_attempt(visit, callback.state.as_ref()).await? else {
        return Err(Stop::Refused(EndedAttempt::unknown()));
    };
    let arrived = match exchange_code(visit, &attempt, callback.outcome).await {
        Ok(arrived) => arrived,
        Err(stop) => {
            delete_attempt(visit, &attempt).await?;
            return Err(outcome_of_refusal(&attempt, stop));
        }
    };
    let purpose = attempt.purpose;
    let standing = {
        let (amazon_id, player) = (arrived.amazon_id.clone(), attempt.player.clone());
        let key = email_key(&arrived);
        visit
            .app
            .db
            .read(move |conn| store::standing(conn, &amazon_id, key.as_deref(), player.as_ref()))
            .await?
    };
    follow_decision(visit, attempt, arrived, decide(purpose, &standing)).await
}

async fn claim_attempt(
    visit: &RequestContext,
    state: Option<&SecretString>,
) -> Result<Option<Attempt>, Fault> {
    let Some(state) = state.and_then(|state| OpaqueToken::parse(state.expose_secret())) else {
        return Ok(None);
    };
    let (hash, bearer, now) = (state.hash(), bearer(visit), visit.now);
    let claimed =
        visit.app.db.write(move |conn| Ok(store::claim(conn, hash.as_str(), &bearer, now)?)).await?;
    if claimed.is_none() {
        record_unknown_attempt(visit).await?;
    }
    Ok(claimed)
}

/// Records a callback whose attempt has ended, never began, or belongs to another browser or session (S41).
///
/// One network cannot fill the audit log.
async fn record_unknown_attempt(visit: &RequestContext) -> Result<(), Fault> {
    let budget = network_budget(visit, "unknown-amazon-trip");
    if let RateVerdict::Refused { .. } = visit.app.throttle.take(vec![budget], visit.now).await? {
        return Ok(());
    }
    let details = serde_json::json!({ "code": LinkRefusal::AttemptUnknown.as_str() });
    let event = visit.audit_event(Kind::LinkRefused, Actor::Visitor).with(details);
    audit::write_event(&visit.app.db, event).await
}

async fn delete_attempt(visit: &RequestContext, attempt: &Attempt) -> Result<(), Fault> {
    let id = attempt.id.clone();
    visit.app.db.write(move |conn| Ok(store::spend(conn, &id, Stage::Claimed).map(drop)?)).await
}

fn outcome_of_refusal(attempt: &Attempt, stop: Stop<LinkRefusal>) -> Stop<EndedAttempt> {
    match stop {
        Stop::Refused(refused) => {
            tracing::info!(
                event = "links.oauth.refused",
                refused = refused.as_str(),
                "an attempt was refused"
            );
            Stop::Refused(EndedAttempt::of(attempt, refused))
        }
        Stop::Fault(fault) => Stop::Fault(fault),
    }
}

async fn follow_decision(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: ExchangedIdentity,
    decision: LinkingDecision,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let keep = match decision {
        LinkingDecision::SignIn(link) => return sign_in(visit, attempt, &arrived, link).await,
        LinkingDecision::Renew(link) => return renew_link(visit, attempt, &arrived, link).await,
        LinkingDecision::Proven(link) => return confirm_identity(visit, attempt, &arrived, link).await,
        LinkingDecision::Disabled(player) => {
            let event = visit.audit_event(Kind::SignInFailed, Actor::Visitor).on(&player);
            return refuse_attempt(visit, attempt, LinkRefusal::AccountDisabled, event).await;
        }
        LinkingDecision::Refused(refused) => {
            let event = visit.audit_event(Kind::LinkRefused, Actor::Player);
            return refuse_attempt(visit, attempt, refused, event).await;
        }
        LinkingDecision::Confirm => Stage::Confirming,
        LinkingDecision::Match => Stage::Matching,
        LinkingDecision::Register => Stage::Registering,
    };
    let sealed = arrived.seal_into(&visit.app.vault, &attempt.id)?;
    let (id, amazon_id) = (attempt.id.clone(), arrived.amazon_id.clone());
    let is_kept = visit
        .app
        .db
        .write(move |conn| Ok(store::keep_identity(conn, &id, keep, &amazon_id, &sealed)?))
        .await?;
    match keep {
        _ if !is_kept => Err(Stop::Refused(EndedAttempt::unknown())),
        Stage::Matching => Ok(CallbackOutcome::Match(attempt.id)),
        Stage::Registering => Ok(CallbackOutcome::Register(attempt.id)),
        _ => Ok(CallbackOutcome::Confirm(attempt.id)),
    }
}

async fn refuse_attempt(
    visit: &RequestContext,
    attempt: Attempt,
    refused: LinkRefusal,
    event: AuditEvent,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    spend_refused(visit, &attempt, Stage::Claimed, refused, event).await?;
    Err(Stop::Refused(EndedAttempt::of(&attempt, refused)))
}

/// Spends a refused attempt together with its sealed identity.
///
/// The audit record of the refusal is written in the same transaction.
pub(super) async fn spend_refused(
    visit: &RequestContext,
    attempt: &Attempt,
    stage: Stage,
    refused: LinkRefusal,
    event: AuditEvent,
) -> Result<(), Fault> {
    let event = event
        .on_any(attempt.player.as_ref())
        .with(serde_json::json!({ "code": refused.as_str(), "purpose": attempt.purpose }));
    let id = attempt.id.clone();
    visit
        .app
        .db
        .write(move |conn| {
            if store::spend(conn, &id, stage)? {
                audit::append_event(conn, &event)?;
            }
            Ok(())
        })
        .await
}

/// Signs in as the identity's player and stores the new tokens, which are the newest.
async fn sign_in(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let (next, is_reconnected) = (attempt.next.clone(), link.state != LinkState::Active);
    let entry = Arc::new(SignInWrite::prepare(visit, &link.player, SignedInWith::Amazon, false)?);
    let written = Arc::clone(&entry);
    write_renewal(visit, attempt, arrived, link, false, move |conn| Ok(written.write(conn)?)).await?;
    Ok(CallbackOutcome::SignedIn { entry, next, is_reconnected })
}

/// Stores the newest tokens of the player's own identity and rotates the session. Nothing else changes.
async fn renew_link(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let (purpose, next, was) = (attempt.purpose, attempt.next.clone(), link.state);
    let viewer = visit.current_player.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::prepare(viewer)?;
    let session = rotation.started();
    write_renewal(visit, attempt, arrived, link, true, move |conn| rotate_session(conn, &rotation)).await?;
    Ok(CallbackOutcome::Renewed { session, next, purpose, was })
}

/// Proves identity by the linked Amazon account (S57).
async fn confirm_identity(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let viewer = visit.current_player.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::fresh(viewer, visit.now)?;
    let confirmed = visit.audit_event(Kind::IdentityConfirmed, Actor::Player).on(&link.player);
    let rotated = rotation.clone();
    write_renewal(visit, attempt, arrived, link, false, move |conn| {
        rotate_session(conn, &rotated)?;
        Ok(audit::append_event(conn, &confirmed).map_err(Fault::from)?)
    })
    .await?;
    Ok(CallbackOutcome::Proven { rotation })
}

/// Spends the attempt and writes tokens and session, if the identity still has the same link.
async fn write_renewal(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
    is_recorded: bool,
    write_session: impl Fn(&mut Conn) -> Result<(), Stop<EndedAttempt>> + Send + 'static,
) -> Result<(), Stop<EndedAttempt>> {
    let event = visit.audit_event(Kind::LinkRenewed, Actor::Player);
    let linking = Linking::prepare(&visit.app, arrived, link.id.clone(), &link.player, event)?;
    visit
        .app
        .db
        .write_or_refuse(move |conn| {
            let decide = |conn: &mut Conn, facts: &LinkingFacts| {
                let is_same = facts.owner.as_ref() == Some(&link);
                if !is_same || !store::spend(conn, &attempt.id, Stage::Claimed)? {
                    return Err(Stop::Refused(EndedAttempt::unknown()));
                }
                Ok(LinkChange::Renew { link: link.clone(), is_recorded })
            };
            linking.write(conn, decide, &write_session).map(drop)
        })
        .await
}

fn rotate_session(conn: &mut Conn, rotation: &SessionRotation) -> Result<(), Stop<EndedAttempt>> {
    let is_rotated = browser::rotate_session(conn, rotation).map_err(Fault::from)?;
    is_rotated.then_some(()).ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))
}
