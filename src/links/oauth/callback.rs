//! Handles the browser's return from Amazon.
//!
//! The order is fixed: claim the attempt, read the error response, exchange the code, verify the token, decide,
//! write. A replayed state finds no attempt. No database connection is used during a call to Amazon.

use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};

use crate::accounts::players;
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::change::link::{LinkChange, LinkConflict, LinkMessages, Linking, email_key};
use crate::links::model::{
    Attempt, ExchangedIdentity, HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, MadeBy, Purpose, Stage,
    decide,
};
use crate::links::oauth::begin::{attempt_owner, network_budget};
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
    SignedIn { sign_in: Arc<SignInWrite>, next: Option<String>, is_reconnected: bool },
    /// To the page with both names.
    Confirm(AttemptId),
    /// To the page that asks for the password of the account with that email.
    Match(AttemptId),
    /// To the page that asks for the other way in of the player to whom a game linked the identity.
    GameLink(AttemptId),
    /// To the page that asks for the new player's name, on the way to that address.
    Register(AttemptId, Option<String>),
    /// The player's own identity again.
    Renewed { session: StartedSession, next: Option<String>, purpose: Purpose, was: LinkState },
    /// Identity proven; the pending action continues.
    Proven { rotation: SessionRotation },
}

/// How often a decision is made whose facts another request changes meanwhile.
const TRIES: u32 = 4;

/// A refusal, with the address that the person was going to.
pub(in crate::links) struct EndedAttempt {
    pub refused: LinkRefusal,
    pub purpose: Option<Purpose>,
    pub next: Option<String>,
    /// Whether the link changed between the decision and its write. The attempt is not spent then.
    is_outdated: bool,
}

impl From<LinkConflict> for EndedAttempt {
    fn from(conflict: LinkConflict) -> Self {
        match conflict {
            LinkConflict::LinkChanged => Self::outdated(),
            LinkConflict::PlayerClosed | LinkConflict::IdentityTaken => Self::unknown(),
        }
    }
}

impl EndedAttempt {
    pub(super) fn unknown() -> Self {
        Self { refused: LinkRefusal::AttemptUnknown, purpose: None, next: None, is_outdated: false }
    }

    fn outdated() -> Self {
        Self { is_outdated: true, ..Self::unknown() }
    }

    pub(super) fn of(attempt: &Attempt, refused: LinkRefusal) -> Self {
        Self { refused, purpose: Some(attempt.purpose), next: attempt.next.clone(), is_outdated: false }
    }
}

/// Claims the attempt, verifies the identity and carries out the decision.
pub(in crate::links) async fn complete_attempt(
    context: &RequestContext,
    query: &[(String, String)],
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let callback = context.app.lwa.read_callback(query);
    let Some(attempt) = claim_attempt(context, callback.state.as_ref()).await? else {
        return Err(Stop::Refused(EndedAttempt::unknown()));
    };
    let identity = match exchange_code(context, &attempt, callback.outcome).await {
        Ok(identity) => identity,
        Err(stop) => {
            delete_attempt(context, &attempt).await?;
            return Err(log_refusal(&attempt, stop));
        }
    };
    decide_and_follow(context, attempt, &identity).await
}

/// Decides once more about an attempt that waited at `stage`, because its identity got a player meanwhile.
///
/// Whoever loses that race has proven the identity as well, and is signed in as its player.
pub(super) async fn decide_again(
    context: &RequestContext,
    attempt: Attempt,
    stage: Stage,
    identity: &ExchangedIdentity,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let id = attempt.id.clone();
    let advance = move |conn: &mut Conn| Ok(store::advance_attempt(conn, &id, stage, Stage::Claimed)?);
    if !context.app.db.write(advance).await? {
        return Err(Stop::Refused(EndedAttempt::unknown()));
    }
    decide_and_follow(context, attempt, identity).await
}

/// Reads the facts, decides and writes. Facts that changed in between are read again.
async fn decide_and_follow(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    for _ in 1..TRIES {
        let decision = decide_now(context, &attempt, identity).await?;
        match follow_decision(context, attempt.clone(), identity, decision).await {
            Err(Stop::Refused(ended)) if ended.is_outdated => {}
            followed => return followed,
        }
    }
    let decision = decide_now(context, &attempt, identity).await?;
    follow_decision(context, attempt, identity, decision).await
}

async fn decide_now(
    context: &RequestContext,
    attempt: &Attempt,
    identity: &ExchangedIdentity,
) -> Result<LinkingDecision, Fault> {
    let (amazon_id, player) = (identity.amazon_id.clone(), attempt.player.clone());
    let key = email_key(identity);
    let read = move |conn: &mut Conn| store::read_facts(conn, &amazon_id, key.as_deref(), player.as_ref());
    let decision = decide(attempt.purpose, &context.app.db.read(read).await?);
    // Somebody signed in in this browser meanwhile. What was still to be typed there ended with that.
    let is_over = matches!(decision, LinkingDecision::Match | LinkingDecision::Register)
        && context.current_player.is_some();
    Ok(if is_over { LinkingDecision::Refused(LinkRefusal::AttemptUnknown) } else { decision })
}

async fn claim_attempt(
    context: &RequestContext,
    state: Option<&SecretString>,
) -> Result<Option<Attempt>, Fault> {
    let Some(state) = state.and_then(|state| OpaqueToken::parse(state.expose_secret())) else {
        return Ok(None);
    };
    let (hash, owner, now) = (state.hash(), attempt_owner(context), context.now);
    let claimed =
        context.app.db.write(move |conn| Ok(store::claim_attempt(conn, hash.as_str(), &owner, now)?)).await?;
    if claimed.is_none() {
        record_unknown_attempt(context).await?;
    }
    Ok(claimed)
}

/// Records a callback whose attempt has ended, never began, or belongs to another browser or session (S41).
///
/// One network cannot fill the audit log.
async fn record_unknown_attempt(context: &RequestContext) -> Result<(), Fault> {
    let budget = network_budget(context, "unknown-amazon-trip");
    if let RateVerdict::Refused { .. } = context.app.throttle.take(vec![budget], context.now).await? {
        return Ok(());
    }
    let details = serde_json::json!({ "code": LinkRefusal::AttemptUnknown.as_str() });
    let event = context.audit_event(Kind::LinkRefused, Actor::Visitor).with(details);
    audit::write_event(&context.app.db, event).await
}

async fn delete_attempt(context: &RequestContext, attempt: &Attempt) -> Result<(), Fault> {
    let id = attempt.id.clone();
    context.app.db.write(move |conn| Ok(store::spend_attempt(conn, &id, Stage::Claimed).map(drop)?)).await
}

fn log_refusal(attempt: &Attempt, stop: Stop<LinkRefusal>) -> Stop<EndedAttempt> {
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
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    decision: LinkingDecision,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let stage = match decision {
        LinkingDecision::SignIn(link) => return sign_in(context, attempt, identity, link).await,
        LinkingDecision::ConfirmGameLink(link) => {
            return ask_to_confirm(context, attempt, identity, link).await;
        }
        LinkingDecision::Renew(link) => return renew_link(context, attempt, identity, link).await,
        LinkingDecision::Proven(link) => return confirm_identity(context, attempt, identity, link).await,
        LinkingDecision::Closing(link) => return ask_to_keep(context, attempt, link).await,
        LinkingDecision::Disabled(player) => {
            let event = context.audit_event(Kind::SignInFailed, Actor::Visitor).on(&player);
            return refuse_attempt(context, attempt, LinkRefusal::AccountDisabled, event).await;
        }
        LinkingDecision::Refused(refused) => {
            let event = context.audit_event(Kind::LinkRefused, Actor::Player);
            return refuse_attempt(context, attempt, refused, event).await;
        }
        LinkingDecision::Confirm => Stage::Confirming,
        LinkingDecision::Match => Stage::Matching,
        LinkingDecision::Register => Stage::Registering,
    };
    let sealed = identity.seal_into(&context.app.vault, &attempt.id)?;
    let (id, amazon_id) = (attempt.id.clone(), identity.amazon_id.clone());
    let is_stored = context
        .app
        .db
        .write(move |conn| Ok(store::store_identity(conn, &id, stage, (&amazon_id, &sealed), None)?))
        .await?;
    match stage {
        _ if !is_stored => Err(Stop::Refused(EndedAttempt::unknown())),
        Stage::Matching => Ok(CallbackOutcome::Match(attempt.id)),
        Stage::Registering => Ok(CallbackOutcome::Register(attempt.id, attempt.next)),
        _ => Ok(CallbackOutcome::Confirm(attempt.id)),
    }
}

/// Asks who is there, at the first sign-in by a link that a game made.
///
/// A player who was only a device's, and whose game presented the token, has nobody else to ask: the link opens at
/// once, and is confirmed by that.
async fn ask_to_confirm(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let player = link.player.clone();
    let ways = context.app.db.read(move |conn| players::store::other_ways(conn, &player)).await?;
    if link.made_by == MadeBy::GameToken && !ways.is_any() {
        return sign_in(context, attempt, identity, link).await;
    }
    let sealed = identity.seal_into(&context.app.vault, &attempt.id)?;
    let (id, amazon_id) = (attempt.id.clone(), identity.amazon_id.clone());
    let is_stored = context
        .app
        .db
        .write(move |conn| {
            let identity = (amazon_id.as_str(), sealed.as_slice());
            Ok(store::store_identity(conn, &id, Stage::Confirming, identity, Some(&link.player))?)
        })
        .await?;
    if is_stored {
        Ok(CallbackOutcome::GameLink(attempt.id))
    } else {
        Err(Stop::Refused(EndedAttempt::unknown()))
    }
}

/// Signs in to an account that closes: no tokens are stored, and the page asks whether to keep the account.
async fn ask_to_keep(
    context: &RequestContext,
    attempt: Attempt,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let sign_in = Arc::new(SignInWrite::prepare(context, &link.player, SignedInWith::Amazon, false)?);
    let (written, id, next) = (Arc::clone(&sign_in), attempt.id.clone(), attempt.next.clone());
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let is_closing = players::store::lock_player_or_closing(conn, &link.player)?
                && players::store::closing_of(conn, &link.player)?.is_some()
                && store::link_of(conn, &link.player)?.as_ref() == Some(&link);
            if !is_closing {
                return Err(Stop::Refused(EndedAttempt::outdated()));
            }
            if !store::spend_attempt(conn, &id, Stage::Claimed)? {
                return Err(Stop::Refused(EndedAttempt::unknown()));
            }
            Ok(written.write(conn)?)
        })
        .await?;
    Ok(CallbackOutcome::SignedIn { sign_in, next, is_reconnected: false })
}

async fn refuse_attempt(
    context: &RequestContext,
    attempt: Attempt,
    refused: LinkRefusal,
    event: AuditEvent,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    spend_refused(context, &attempt, Stage::Claimed, refused, event).await?;
    Err(Stop::Refused(EndedAttempt::of(&attempt, refused)))
}

/// Spends a refused attempt together with its sealed identity.
///
/// The audit record of the refusal is written in the same transaction.
pub(in crate::links) async fn spend_refused(
    context: &RequestContext,
    attempt: &Attempt,
    stage: Stage,
    refused: LinkRefusal,
    event: AuditEvent,
) -> Result<(), Fault> {
    let event = event
        .on_any(attempt.player.as_ref())
        .with(serde_json::json!({ "code": refused.as_str(), "purpose": attempt.purpose }));
    let id = attempt.id.clone();
    context
        .app
        .db
        .write(move |conn| {
            if store::spend_attempt(conn, &id, stage)? {
                audit::append_event(conn, &event)?;
            }
            Ok(())
        })
        .await
}

/// Signs in as the identity's player and stores the new tokens, which are the newest.
async fn sign_in(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let (next, is_reconnected) = (attempt.next.clone(), link.state != LinkState::Active);
    let is_first = !link.is_confirmed;
    let sign_in = SignInWrite::prepare(context, &link.player, SignedInWith::Amazon, false)?;
    let sign_in = Arc::new(sign_in.going_to(next.as_deref()));
    let written = Arc::clone(&sign_in);
    let player = link.player.clone();
    let renewal = Renewal { link, is_recorded: false, is_confirming: is_first };
    write_renewal(context, attempt, identity, renewal, move |conn| {
        // Somebody gave the player another way in meanwhile, which has to be asked for.
        if is_first && players::store::other_ways(conn, &player)?.is_any() {
            return Err(Stop::Refused(EndedAttempt::unknown()));
        }
        Ok(written.write(conn)?)
    })
    .await?;
    Ok(CallbackOutcome::SignedIn { sign_in, next, is_reconnected })
}

/// Stores the newest tokens of the player's own identity and rotates the session. Nothing else changes.
async fn renew_link(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let (purpose, next, was) = (attempt.purpose, attempt.next.clone(), link.state);
    let current_player =
        context.current_player.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::prepare(current_player)?;
    let session = rotation.started();
    // The player has proven who they are before the attempt, and has come back with this very account.
    let renewal = Renewal { link, is_recorded: true, is_confirming: context.is_fresh() };
    write_renewal(context, attempt, identity, renewal, move |conn| rotate_session(conn, &rotation)).await?;
    Ok(CallbackOutcome::Renewed { session, next, purpose, was })
}

/// Proves identity by the linked Amazon account (S57).
async fn confirm_identity(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    link: HeldLink,
) -> Result<CallbackOutcome, Stop<EndedAttempt>> {
    let current_player =
        context.current_player.as_deref().ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let rotation = SessionRotation::fresh(current_player, context.now)?;
    let confirmed = context.audit_event(Kind::IdentityConfirmed, Actor::Player).on(&link.player);
    let rotated = rotation.clone();
    let renewal = Renewal { link, is_recorded: false, is_confirming: false };
    write_renewal(context, attempt, identity, renewal, move |conn| {
        rotate_session(conn, &rotated)?;
        Ok(audit::append_event(conn, &confirmed).map_err(Fault::from)?)
    })
    .await?;
    Ok(CallbackOutcome::Proven { rotation })
}

/// A renewal of a link that was read before.
struct Renewal {
    link: HeldLink,
    /// Whether an audit record says so.
    is_recorded: bool,
    /// Whether it confirms the link of a game.
    is_confirming: bool,
}

/// Spends the attempt and writes tokens and session, if the identity still has the same link.
async fn write_renewal(
    context: &RequestContext,
    attempt: Attempt,
    identity: &ExchangedIdentity,
    renewal: Renewal,
    write_session: impl Fn(&mut Conn) -> Result<(), Stop<EndedAttempt>> + Send + 'static,
) -> Result<(), Stop<EndedAttempt>> {
    let event = context.audit_event(Kind::LinkRenewed, Actor::Player);
    let Renewal { link, is_recorded, is_confirming } = renewal;
    let mut linking = Linking::prepare(&context.app, identity, link.id.clone(), &link.player, event)?;
    if is_confirming && !link.is_confirmed {
        let player = link.player.clone();
        let known = context.app.db.read(move |conn| players::store::credentials_by_id(conn, &player)).await?;
        if let Some(known) = known {
            let to = known.as_recipient(context.language);
            let messages = LinkMessages::confirmed(&context.app, &to, identity.name.as_deref())?;
            linking = linking.confirming().with_messages(messages);
        }
    }
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            let decide = |conn: &mut Conn, facts: &LinkingFacts| {
                let is_same = facts.owner.as_ref() == Some(&link);
                if !is_same {
                    return Err(Stop::Refused(EndedAttempt::outdated()));
                }
                if !store::spend_attempt(conn, &attempt.id, Stage::Claimed)? {
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
