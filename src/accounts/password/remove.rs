//! A player removes the password and keeps another way in: Amazon or a passkey.

use crate::accounts::players::end_everything;
use crate::accounts::players::store::{can_sign_in_with_amazon, has_passkey, lock_player, remove_password};
use crate::audit;
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::fault::Stop;
use crate::sessions::browser::{self, SessionRotation, StartedSession};
use crate::web::{CurrentPlayer, RequestContext};

#[derive(Debug, PartialEq, Eq)]
pub(super) enum RemovePasswordRefusal {
    /// The player has no other login method.
    LastMethod,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Removes the password, ends every other session and gives this one a new id.
///
/// An unlink and the removal of a passkey lock the same row, so none of them counts on the login method that another one takes (S63).
pub(super) async fn remove(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<StartedSession, Stop<RemovePasswordRefusal>> {
    let (app, now) = (&context.app, context.now);
    let rotation = SessionRotation::prepare(current_player)?;
    let started = rotation.started();
    let event = context.player_event(current_player, audit::Kind::PasswordRemoved);
    let player = current_player.player.id.clone();
    let to = MailRecipient::current(context, current_player);
    let message = MailMessage::compose(app, mail::Kind::PasswordRemoved, &to, &[])?;
    app.db
        .write_or_refuse(move |conn| {
            if !lock_player(conn, &player)? {
                return Err(Stop::Refused(RemovePasswordRefusal::SessionEnded));
            }
            if !can_sign_in_with_amazon(conn, &player)? && !has_passkey(conn, &player)? {
                return Err(Stop::Refused(RemovePasswordRefusal::LastMethod));
            }
            remove_password(conn, &player, now)?;
            end_everything(conn, &player, Some(rotation.session()))?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            if browser::rotate_session(conn, &rotation)? {
                Ok(())
            } else {
                Err(Stop::Refused(RemovePasswordRefusal::SessionEnded))
            }
        })
        .await?;
    Ok(started)
}
