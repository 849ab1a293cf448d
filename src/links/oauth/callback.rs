//! Handles the browser's return from Amazon.
//!
//! The order is fixed: claim the attempt, read the error response, exchange the code, verify the token, decide,
//! write. A replayed state finds no attempt. No database connection is used during a call to Amazon.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::accounts::players;
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::identity::SealedLink;
use crate::links::model::{
    Attempt, ExchangedIdentity, HeldLink, LinkRefusal, LinkingDecision, Purpose, Stage, decide,
};
use crate::links::oauth::begin::bearer;
use crate::links::oauth::exchange::exchange_code;
use crate::links::{LinkState, store};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::AttemptId;
use crate::platform::name::{DisplayName, ReservedNames};
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
            return Err(outcome_of_refusal(visit, &attempt, stop));
        }
    };
    let purpose = attempt.purpose;
    let standing = {
        let (amazon_id, player) = (arrived.amazon_id.clone(), attempt.player.clone());
        let email =
            arrived.email.as_deref().and_then(|email| EmailAddress::parse(email, LocalPart::Ascii).ok());
        let key = email.map(|email| email.key().to_owned());
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
    visit.app.db.write(move |conn| Ok::<_, Fault>(store::claim(conn, hash.as_str(), &bearer, now)?)).await
}

async fn delete_attempt(visit: &RequestContext, attempt: &Attempt) -> Result<(), Fault> {
    let id = attempt.id.clone();
    visit.app.db.write(move |conn| Ok::<_, Fault>(store::spend(conn, &id, Stage::Claimed).map(drop)?)).await
}

fn outcome_of_refusal(
    visit: &RequestContext,
    attempt: &Attempt,
    stop: Stop<LinkRefusal>,
) -> Stop<EndedAttempt> {
    match stop {
        Stop::Refused(refused) => {
            tracing::info!(request.reference = %visit.reference, refused = refused.code(), "a trip to Amazon ended without a link");
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
            let event = attempt_event(visit, Kind::SignInFailed, Actor::Visitor).on(&player);
            return refuse_attempt(visit, attempt, LinkRefusal::AccountDisabled, event).await;
        }
        LinkingDecision::Refused(refused) => {
            let event = attempt_event(visit, Kind::LinkRefused, Actor::Player);
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
        .write(move |conn| Ok::<_, Fault>(store::keep_identity(conn, &id, keep, &amazon_id, &sealed)?))
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
    let event = event.with(serde_json::json!({ "code": refused.code(), "purpose": attempt.purpose }));
    let event = match &attempt.player {
        Some(player) => event.on(player),
        None => event,
    };
    let id = attempt.id.clone();
    visit
        .app
        .db
        .write(move |conn| {
            if store::spend(conn, &id, stage)? {
                audit::append_event(conn, &event)?;
            }
            Ok::<_, Fault>(())
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
    let app = &visit.app;
    let entry = Arc::new(SignInWrite::prepare(visit, &link.player, SignedInWith::Amazon, false)?);
    let written = Arc::clone(&entry);
    let sealed = SealedLink::of(&app.vault, arrived, link.id.clone(), &link.player, visit.now)?;
    let name = synced_name(visit, arrived);
    let reconnected = attempt_event(visit, Kind::LinkReconnected, Actor::Player).on(&link.player);
    let told = reconnection_event(visit, &link);
    let (was, id) = (link.state, attempt.id.clone());
    let is_done: bool = app
        .db
        .write(move |conn| {
            if !store::spend(conn, &id, Stage::Claimed)? || !players::store::lock_player(conn, &link.player)?
            {
                return Ok(false);
            }
            if !store::renew(conn, &sealed, was)? {
                return Ok(false);
            }
            if was != LinkState::Active {
                audit::append_event(conn, &reconnected)?;
            }
            if let Some(name) = &name {
                players::store::sync_display_name(conn, &link.player, name)?;
            }
            written.write(conn)?;
            if let Some(told) = &told {
                link_events::record_event(conn, told)?;
            }
            Ok::<_, Fault>(true)
        })
        .await?;
    if !is_done {
        return Err(Stop::Refused(EndedAttempt::unknown()));
    }
    let is_reconnected = was != LinkState::Active;
    Ok(CallbackOutcome::SignedIn { entry, next: attempt.next, is_reconnected })
}

/// Stores the newest tokens of the player's own identity and rotates the session. Nothing else changes.
async fn renew_link(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let (purpose, next, was) = (attempt.purpose, attempt.next.clone(), link.state);
    let viewer = visit.viewer.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::prepare(viewer)?;
    let session = rotation.started();
    let kind = if was == LinkState::Active { Kind::LinkRenewed } else { Kind::LinkReconnected };
    renew_and_rotate(visit, attempt, arrived, link, rotation, kind).await?;
    Ok(CallbackOutcome::Renewed { session, next, purpose, was })
}

/// Proves identity by the linked Amazon account (S57).
async fn confirm_identity(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let viewer = visit.viewer.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::fresh(viewer, visit.now)?;
    let rotation = renew_and_rotate(visit, attempt, arrived, link, rotation, Kind::IdentityConfirmed).await?;
    Ok(CallbackOutcome::Proven { rotation })
}

async fn renew_and_rotate(
    visit: &RequestContext,
    attempt: Attempt,
    arrived: &ExchangedIdentity,
    link: HeldLink,
    rotation: SessionRotation,
    kind: Kind,
) -> Result<SessionRotation, Stop<EndedAttempt>> {
    let app = &visit.app;
    let sealed = SealedLink::of(&app.vault, arrived, link.id.clone(), &link.player, visit.now)?;
    let name = synced_name(visit, arrived);
    let event = attempt_event(visit, kind, Actor::Player).on(&link.player);
    let told = reconnection_event(visit, &link);
    app.db
        .write({
            let rotation = rotation.clone();
            move |conn| {
                let is_done = players::store::lock_player(conn, &link.player)?
                    && store::spend(conn, &attempt.id, Stage::Claimed)?
                    && browser::rotate_session(conn, &rotation)?
                    && store::renew(conn, &sealed, link.state)?;
                if !is_done {
                    return Err(Stop::Refused(EndedAttempt::unknown()));
                }
                if let Some(name) = &name {
                    players::store::sync_display_name(conn, &link.player, name)?;
                }
                audit::append_event(conn, &event)?;
                if let Some(told) = &told {
                    link_events::record_event(conn, told)?;
                }
                Ok(())
            }
        })
        .await?;
    Ok(rotation)
}

/// The link event for new tokens. Game servers learn only that a link works again that did not.
fn reconnection_event(visit: &RequestContext, link: &HeldLink) -> Option<NewLinkEvent> {
    (link.state != LinkState::Active).then(|| NewLinkEvent {
        at: visit.now,
        kind: link_events::Kind::Reconnected,
        player: link.player.clone(),
        actor: Actor::Player,
        cause: None,
    })
}

/// Amazon's name, cleaned, for players whose display name follows it.
pub(super) fn synced_name(visit: &RequestContext, arrived: &ExchangedIdentity) -> Option<DisplayName> {
    let reserved = ReservedNames::new(&visit.app.config.site.name);
    DisplayName::from_upstream(arrived.name.as_deref()?, &reserved)
}

/// An audit record of this request.
pub(in crate::links) fn attempt_event(visit: &RequestContext, kind: Kind, actor: Actor) -> AuditEvent {
    AuditEvent::new(visit.now, kind, actor, visit.reference.as_str())
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser)
}
