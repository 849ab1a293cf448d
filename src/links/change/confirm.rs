//! A signed-in player confirms the link that a game made: "This Amazon account is mine".

use crate::accounts::players;
use crate::audit::{self, Kind};
use crate::links::LinkState;
use crate::links::change::link::LinkMessages;
use crate::links::store;
use crate::outbound::mail::MailRecipient;
use crate::platform::fault::Stop;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::RequestContext;

/// There is no link of a game that waits for its player.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::links) struct NothingToConfirm;

/// Confirms the current player's link. From then on it opens a browser, and proves who the player is.
///
/// The route asks for fresh proof of identity, because a way in is added.
pub(in crate::links) async fn confirm_own_link(
    context: &RequestContext,
) -> Result<StartedSession, Stop<NothingToConfirm>> {
    let nothing = || Stop::Refused(NothingToConfirm);
    let current_player = context.current_player.as_deref().ok_or_else(nothing)?;
    let player = current_player.player.id.clone();
    let amazon = current_player.link.as_ref().and_then(|link| link.amazon_name.as_deref());
    let to = MailRecipient::current(context, current_player);
    let messages = LinkMessages::confirmed(&context.app, &to, amazon)?;
    let rotation = SessionRotation::prepare(current_player)?;
    let started = rotation.started();
    let event = context.player_event(current_player, Kind::LinkConfirmed);
    let now = context.now;
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !players::store::lock_player(conn, &player)? || !browser::rotate_session(conn, &rotation)? {
                return Err(nothing());
            }
            let link = store::link_of(conn, &player)?.filter(|link| link.state != LinkState::Revoked);
            let link = link.ok_or_else(nothing)?;
            if !store::confirm_link(conn, &link.id, now)? {
                return Err(nothing());
            }
            audit::append_event(conn, &event)?;
            messages.enqueue_confirmed(conn)?;
            Ok(())
        })
        .await?;
    Ok(started)
}
