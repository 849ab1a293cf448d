//! The decision of a person who has seen both names.

use crate::audit::{Actor, Kind};
use crate::links::LinkState;
use crate::links::change::link::{LinkChange, LinkMessages, LinkWritten, Linking};
use crate::links::model::{Attempt, ExchangedIdentity, LinkRefusal, LinkingDecision, Purpose, Stage, decide};
use crate::links::oauth::begin::attempt_owner;
use crate::links::oauth::callback::spend_refused;
use crate::links::store;
use crate::outbound::mail::MailRecipient;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{AttemptId, LinkId};
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::RequestContext;

/// The player has the requested link.
pub(in crate::links) struct ConfirmedLink {
    pub session: StartedSession,
    pub next: Option<String>,
    pub written: LinkWritten,
}

/// The attempt of a decision page, with its identity.
///
/// A sign-in that has to confirm the link of a game has a page of its own, see [`pending_game_link`].
pub(in crate::links) async fn pending_link(
    context: &RequestContext,
    id: &AttemptId,
    stage: Stage,
) -> Result<Option<(Attempt, ExchangedIdentity)>, Fault> {
    let found = pending_attempt(context, id, stage).await?;
    Ok(found.filter(|(attempt, _)| stage != Stage::Confirming || attempt.purpose != Purpose::SignIn))
}

/// The sign-in that has to confirm the link of a game, with its identity.
pub(super) async fn pending_game_link(
    context: &RequestContext,
    id: &AttemptId,
) -> Result<Option<(Attempt, ExchangedIdentity)>, Fault> {
    let found = pending_attempt(context, id, Stage::Confirming).await?;
    Ok(found.filter(|(attempt, _)| attempt.purpose == Purpose::SignIn))
}

async fn pending_attempt(
    context: &RequestContext,
    id: &AttemptId,
    stage: Stage,
) -> Result<Option<(Attempt, ExchangedIdentity)>, Fault> {
    let (id, owner, now) = (id.clone(), attempt_owner(context), context.now);
    let found = context.app.db.read(move |conn| store::find_attempt(conn, &id, stage, &owner, now)).await?;
    let Some(attempt) = found else { return Ok(None) };
    match ExchangedIdentity::of(&context.app.vault, &attempt) {
        Ok(identity) => Ok(Some((attempt, identity))),
        Err(fault) => {
            // A sealed value that does not open means an unknown attempt, not an error page (S66).
            tracing::error!(event = "links.oauth.identity_unreadable", %fault, "opening an identity failed");
            Ok(None)
        }
    }
}

/// Writes the new link and ends the old one, in one transaction.
///
/// The decision is made again under the lock on the player's row. A unique violation means that another request
/// linked the identity or the player first.
pub(in crate::links) async fn link_identity(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<ConfirmedLink, Stop<LinkRefusal>> {
    let app = &context.app;
    let current_player =
        context.current_player.as_deref().ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let (attempt, identity) = pending_link(context, attempt, Stage::Confirming)
        .await?
        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let (player, purpose) = (current_player.player.id.clone(), attempt.purpose);
    let event = context.audit_event(Kind::LinkAdded, Actor::Player);
    let to = MailRecipient::current(context, current_player);
    let former = current_player.link.as_ref().and_then(|link| link.amazon_name.as_deref());
    let linking = Linking::prepare(app, &identity, LinkId::new(context.now), &player, event)?
        .requested_by(Some(&player), Some(&current_player.session.id))
        .with_messages(LinkMessages::linked(app, &to, &identity)?.or_replaced(app, &to, &identity, former)?);
    let rotation = SessionRotation::prepare(current_player)?;
    let session = rotation.started();
    let (next, spent) = (attempt.next.clone(), attempt.clone());
    let unknown = || Stop::Refused(LinkRefusal::AttemptUnknown);
    let written = app
        .db
        .write_or_refuse(move |conn| {
            linking.write(
                conn,
                |conn, facts| {
                    if !store::spend_attempt(conn, &attempt.id, Stage::Confirming)? {
                        return Err(unknown());
                    }
                    match decide(purpose, facts) {
                        LinkingDecision::Confirm => Ok(LinkChange::Add),
                        LinkingDecision::Renew(own) if own.state == LinkState::Active => {
                            Ok(LinkChange::Nothing)
                        }
                        LinkingDecision::Refused(refused) => Err(Stop::Refused(refused)),
                        _ => Err(unknown()),
                    }
                },
                |conn| browser::rotate_session(conn, &rotation)?.then_some(()).ok_or_else(unknown),
            )
        })
        .await;
    match written {
        Ok((written, ())) => Ok(ConfirmedLink { session, next, written }),
        Err(Stop::Refused(refused)) if refused != LinkRefusal::AttemptUnknown => {
            // The rollback undid the spending, so the tokens in the attempt are deleted here.
            let event = context.audit_event(Kind::LinkRefused, Actor::Player);
            spend_refused(context, &spent, Stage::Confirming, refused, event).await?;
            Err(Stop::Refused(refused))
        }
        Err(stop) => Err(stop),
    }
}

/// Ends the attempt without a link. Returns the address that the person was going to.
pub(super) async fn cancel_attempt(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<Option<String>, Stop<LinkRefusal>> {
    let (attempt, _) = pending_link(context, attempt, Stage::Confirming)
        .await?
        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let id = attempt.id;
    context
        .app
        .db
        .write(move |conn| Ok(store::spend_attempt(conn, &id, Stage::Confirming).map(drop)?))
        .await?;
    Ok(attempt.next)
}
