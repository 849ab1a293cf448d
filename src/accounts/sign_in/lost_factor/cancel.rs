//! Cancels a wait: with the link that every mail about it has, or in a session of the player.

use crate::accounts::players::store::{credentials_by_id, lock_origin, lock_player_or_closing};
use crate::accounts::sign_in::lost_factor::begin::DeadLink;
use crate::accounts::sign_in::lost_factor::store::{self, MailedRecovery};
use crate::audit::{self, Actor, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::{Fault, Stop};
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// What the link would cancel. Spends nothing, because programs open links in mails as well.
pub(super) async fn running_recovery(
    context: &RequestContext,
    token: Option<OpaqueToken>,
) -> Result<Option<MailedRecovery>, Fault> {
    let Some(hash) = token.map(|token| token.hash()) else { return Ok(None) };
    let now = context.now;
    context.app.db.read(move |conn| store::find_running(conn, &hash, now)).await
}

/// Cancels what the link names. The token is the proof.
pub(super) async fn cancel_by_link(
    context: &RequestContext,
    token: Option<OpaqueToken>,
) -> Result<(), Stop<DeadLink>> {
    let running = running_recovery(context, token).await?.ok_or(Stop::Refused(DeadLink))?;
    let id = running.player.clone();
    let known = context.app.db.read(move |conn| credentials_by_id(conn, &id)).await?;
    let known = known.ok_or(Stop::Refused(DeadLink))?;
    let message = message(context, &known.as_recipient(context.language))?;
    let event = context.audit_event(Kind::FactorRecoveryEnded, Actor::Player).on(&running.player);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !lock_player_or_closing(conn, &running.player)? || !store::cancel(conn, &running.id)? {
                return Err(Stop::Refused(DeadLink));
            }
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await
}

/// Cancels the wait of the signed-in player. False if none runs, or the session has ended meanwhile.
pub(super) async fn cancel_in_session(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<bool, Fault> {
    let message = message(context, &MailRecipient::current(context, current_player))?;
    let event = context.player_event(current_player, Kind::FactorRecoveryEnded);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? || !store::forget(conn, &origin.player)? {
                return Ok(false);
            }
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(true)
        })
        .await
}

fn message(context: &RequestContext, to: &MailRecipient<'_>) -> Result<Option<MailMessage>, Fault> {
    MailMessage::compose(&context.app, mail::Kind::FactorRecoveryCancelled, to, &[])
}
