//! The decision of a person who has seen both names.

use crate::accounts::players;
use crate::audit::{self, Actor, Kind};
use crate::links::LinkState;
use crate::links::identity::SealedLink;
use crate::links::model::{Attempt, Cause, ExchangedIdentity, LinkRefusal, LinkingDecision, Stage, decide};
use crate::links::oauth::begin::bearer;
use crate::links::oauth::callback::{attempt_event, spend_refused, synced_name};
use crate::links::store::{self, Ending};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::is_unique_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{AttemptId, LinkId};
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

/// The player has the requested link.
pub(in crate::links) struct ConfirmedLink {
    pub session: StartedSession,
    pub next: Option<String>,
    pub written: LinkWritten,
}

/// What was written for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::links) enum LinkWritten {
    Added,
    /// The old link ended in the same transaction.
    Replaced,
    /// A request in another tab linked the same identity first.
    Nothing,
}

/// The attempt of a decision page, with its identity.
pub(super) async fn pending_link(
    visit: &RequestContext,
    id: &AttemptId,
    stage: Stage,
) -> Result<Option<(Attempt, ExchangedIdentity)>, Fault> {
    let (id, bearer, now) = (id.clone(), bearer(visit), visit.now);
    let found = visit.app.db.read(move |conn| store::find(conn, &id, stage, &bearer, now)).await?;
    let Some(attempt) = found else { return Ok(None) };
    match ExchangedIdentity::of(&visit.app.vault, &attempt) {
        Ok(arrived) => Ok(Some((attempt, arrived))),
        Err(fault) => {
            // A sealed value that does not open means an unknown attempt, not an error page (S66).
            tracing::error!(fault = %fault, "what a trip brought back will not open");
            Ok(None)
        }
    }
}

/// Writes the new link and ends the old one, in one transaction.
///
/// The decision is made again under the lock on the player's row. A unique violation means that another request
/// linked the identity or the player first.
pub(in crate::links) async fn link_identity(
    visit: &RequestContext,
    attempt: &AttemptId,
) -> Result<ConfirmedLink, Stop<LinkRefusal>> {
    let app = &visit.app;
    let viewer = visit.viewer.as_deref().ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let (attempt, arrived) = pending_link(visit, attempt, Stage::Confirming)
        .await?
        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let player = viewer.player.id.clone();
    let sealed = SealedLink::of(&app.vault, &arrived, LinkId::new(visit.now), &player, visit.now)?;
    let rotation = SessionRotation::prepare(viewer)?;
    let session = rotation.started();
    let letters = confirmation_messages(visit, viewer, &arrived)?;
    let events = [Kind::LinkAdded, Kind::LinkReplaced]
        .map(|kind| attempt_event(visit, kind, Actor::Player).on(&player));
    let name = synced_name(visit, &arrived);
    let hasher = app.keys.lookup.clone();
    let (now, next, purpose) = (visit.now, attempt.next.clone(), attempt.purpose);
    let spent = attempt.clone();
    let written = app
        .db
        .write(move |conn| {
            // Every transaction locks the player's row first. A concurrent unlink locks the attempts after it.
            if !players::store::lock_player(conn, &player)?
                || !store::spend(conn, &attempt.id, Stage::Confirming)?
            {
                return Err(Stop::Refused(LinkRefusal::AttemptUnknown));
            }
            let standing = store::standing(conn, &sealed.amazon_id, None, Some(&player))?;
            match decide(purpose, &standing) {
                LinkingDecision::Confirm => {}
                LinkingDecision::Renew(own) if own.state == LinkState::Active => {
                    let is_rotated = browser::rotate_session(conn, &rotation)?;
                    return is_rotated
                        .then_some(LinkWritten::Nothing)
                        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown));
                }
                LinkingDecision::Refused(refused) => return Err(Stop::Refused(refused)),
                _ => return Err(Stop::Refused(LinkRefusal::AttemptUnknown)),
            }
            let before = standing.own;
            if let Some(old) = &before {
                let (actor, cause) = match old.state {
                    LinkState::Revoked => ("amazon", Cause::RevokedByAmazon),
                    _ => ("player", Cause::Replaced),
                };
                let ending = Ending { actor, cause, at: now };
                store::end(conn, &old.id, &ending, &|id| hasher.hash(LookupPurpose::FormerIdentity, id))?;
            }
            match store::insert(conn, &sealed) {
                Err(error) if is_unique_violation(&error) => {
                    return Err(Stop::Refused(LinkRefusal::IdentityTaken));
                }
                inserted => inserted?,
            }
            if !browser::rotate_session(conn, &rotation)? {
                return Err(Stop::Refused(LinkRefusal::AttemptUnknown));
            }
            if let Some(name) = &name {
                players::store::sync_display_name(conn, &player, name)?;
            }
            let is_replaced = before.is_some_and(|old| old.state != LinkState::Revoked);
            let [added, replaced] = &events;
            audit::append_event(conn, if is_replaced { replaced } else { added })?;
            if let Some([added, replaced]) = &letters {
                mail::enqueue(conn, if is_replaced { replaced } else { added })?;
            }
            let kind = if is_replaced { link_events::Kind::Replaced } else { link_events::Kind::Linked };
            let told =
                NewLinkEvent { at: now, kind, player: player.clone(), actor: Actor::Player, cause: None };
            link_events::record_event(conn, &told)?;
            Ok(if is_replaced { LinkWritten::Replaced } else { LinkWritten::Added })
        })
        .await;
    match written {
        Ok(written) => Ok(ConfirmedLink { session, next, written }),
        Err(Stop::Refused(refused)) if refused != LinkRefusal::AttemptUnknown => {
            // The rollback undid the spending, so the tokens in the attempt are deleted here.
            let event = attempt_event(visit, Kind::LinkRefused, Actor::Player);
            spend_refused(visit, &spent, Stage::Confirming, refused, event).await?;
            Err(Stop::Refused(refused))
        }
        Err(stop) => Err(stop),
    }
}

/// Ends the attempt without a link. Returns the address that the person was going to.
pub(super) async fn cancel_attempt(
    visit: &RequestContext,
    attempt: &AttemptId,
) -> Result<Option<String>, Stop<LinkRefusal>> {
    let (attempt, _) = pending_link(visit, attempt, Stage::Confirming)
        .await?
        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    let id = attempt.id;
    visit
        .app
        .db
        .write(move |conn| Ok::<_, Fault>(store::spend(conn, &id, Stage::Confirming).map(drop)?))
        .await?;
    Ok(attempt.next)
}

/// The two mails to the player, for a new and for a replaced link. Only the transaction knows which one applies.
fn confirmation_messages(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
    arrived: &ExchangedIdentity,
) -> Result<Option<[MailMessage; 2]>, Fault> {
    let Some(email) = &viewer.player.email else { return Ok(None) };
    let write = |kind| {
        let name = arrived.name.as_deref().unwrap_or("Amazon");
        let former = viewer.link.as_ref().and_then(|link| link.amazon_name.as_deref()).unwrap_or("Amazon");
        let args = [("name", viewer.player.display_name.as_str()), ("amazon", name), ("former", former)];
        MailMessage::write(&visit.app, kind, Some(&viewer.player.id), email, visit.language, &args)
    };
    Ok(Some([write(mail::Kind::AmazonLinked)?, write(mail::Kind::AmazonReplaced)?]))
}
