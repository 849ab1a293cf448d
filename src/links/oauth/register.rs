//! Creates a player from an Amazon identity that no player has.

use std::sync::Arc;

use crate::accounts::email::EmailChangeRequester;
use crate::accounts::players::{self, NewPlayer};
use crate::accounts::sign_in::SignInWrite;
use crate::audit::{Actor, Kind};
use crate::links::change::link::{LinkChange, Linking, NewLinkedPlayer};
use crate::links::model::{LinkRefusal, Stage};
use crate::links::oauth::callback::{CallbackOutcome, EndedAttempt, decide_again};
use crate::links::oauth::confirm::pending_link;
use crate::links::store;
use crate::platform::email::EmailAddress;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::{AttemptId, LinkId, PlayerId};
use crate::platform::name::DisplayName;
use crate::sessions::{SessionOrigin, SignedInWith};
use crate::web::{RequestContext, urls};

/// How the creation of a player ended.
pub(in crate::links) enum AmazonRegistration {
    Created(RegisteredWithAmazon),
    /// The identity got a player meanwhile, and was decided about again.
    Decided(CallbackOutcome),
    /// Another request of this browser has just finished this attempt, or signed in.
    Finished {
        next: Option<String>,
    },
}

/// The player is created, linked and signed in.
pub(in crate::links) struct RegisteredWithAmazon {
    pub player: PlayerId,
    pub sign_in: Arc<SignInWrite>,
    pub next: Option<String>,
}

/// Creates the player without a password: null, never a generated one (S8).
///
/// Player, link and session are written in one transaction. If another player got the identity meanwhile, the person
/// is signed in as that player.
pub(in crate::links) async fn register_player(
    context: &RequestContext,
    attempt: &AttemptId,
    display_name: DisplayName,
) -> Result<AmazonRegistration, Stop<EndedAttempt>> {
    let app = &context.app;
    let (attempt, identity) = pending_link(context, attempt, Stage::Registering)
        .await?
        .ok_or_else(|| Stop::Refused(EndedAttempt::unknown()))?;
    let player = NewPlayer {
        id: PlayerId::new(context.now),
        display_name,
        proven_email: None,
        password: None,
        language: None,
        created_at: context.now,
    };
    let id = player.id.clone();
    let event = context.audit_event(Kind::LinkAdded, Actor::Player);
    let linking = Linking::prepare(app, &identity, LinkId::new(context.now), &id, event)?
        .creating(Some(NewLinkedPlayer::Web(player)));
    let sign_in = SignInWrite::prepare(context, &id, SignedInWith::Amazon, false)?;
    let sign_in = Arc::new(sign_in.going_to(attempt.next.as_deref()));
    let written = Arc::clone(&sign_in);
    let (next, spent) = (attempt.next.clone(), attempt.clone());
    let written_player = app
        .db
        .write_or_refuse(move |conn| {
            linking.write(
                conn,
                |conn, facts| {
                    if facts.owner.is_some() {
                        return Err(Stop::Refused(LinkRefusal::IdentityTaken));
                    }
                    let is_spent = store::spend_attempt(conn, &attempt.id, Stage::Registering)?;
                    is_spent.then_some(LinkChange::Add).ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))
                },
                |conn| Ok(written.write(conn)?),
            )
        })
        .await;
    match written_player {
        Ok(_) => Ok(AmazonRegistration::Created(RegisteredWithAmazon { player: id, sign_in, next })),
        Err(Stop::Refused(LinkRefusal::IdentityTaken)) => {
            match decide_again(context, spent, Stage::Registering, &identity).await {
                Ok(outcome) => Ok(AmazonRegistration::Decided(outcome)),
                Err(Stop::Refused(ended)) if ended.refused == LinkRefusal::AttemptUnknown => {
                    Ok(AmazonRegistration::Finished { next })
                }
                Err(stop) => Err(stop),
            }
        }
        Err(Stop::Refused(LinkRefusal::AttemptUnknown)) => Ok(AmazonRegistration::Finished { next }),
        Err(Stop::Refused(refused)) => Err(Stop::Refused(EndedAttempt::of(&spent, refused))),
        Err(Stop::Fault(fault)) => Err(Stop::Fault(fault)),
    }
}

/// Mails the code that proves the address. Returns whether a code was queued.
///
/// The player exists in any case, because the address may be added later.
pub(super) async fn prove_address(
    context: &RequestContext,
    registered: &RegisteredWithAmazon,
    email: EmailAddress,
) -> Result<bool, Fault> {
    let (player, asked) = (registered.player.clone(), registered.player.clone());
    let version = context.app.db.read(move |conn| players::store::version_of(conn, &asked)).await?;
    let Some(player_version) = version else { return Ok(false) };
    let session = Some(registered.sign_in.session().clone());
    let event = context.audit_event(Kind::EmailChangeAsked, Actor::Player).on(&player);
    let origin = SessionOrigin { player, player_version, session };
    match crate::accounts::email::request_email_change(
        context,
        EmailChangeRequester { origin, present: None, event },
        email,
    )
    .await
    {
        Ok(()) => Ok(true),
        Err(Stop::Refused(_)) => Ok(false),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

/// Moves an attempt on to registration, without the matching email. Returns the page that is next.
pub(super) async fn decline_match(
    context: &RequestContext,
    attempt: &AttemptId,
) -> Result<&'static str, Stop<LinkRefusal>> {
    let (attempt, mut identity) = pending_link(context, attempt, Stage::Matching)
        .await?
        .ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))?;
    identity.email = None;
    let page = urls::page_of_free_account(attempt.next.as_deref());
    let sealed = identity.seal_into(&context.app.vault, &attempt.id)?;
    let is_moved = context
        .app
        .db
        .write(move |conn| {
            let is_moved = store::advance_attempt(conn, &attempt.id, Stage::Matching, Stage::Claimed)?
                && store::store_identity(
                    conn,
                    &attempt.id,
                    Stage::Registering,
                    (&identity.amazon_id, &sealed),
                    None,
                )?;
            Ok(is_moved)
        })
        .await?;
    is_moved.then_some(page).ok_or(Stop::Refused(LinkRefusal::AttemptUnknown))
}
