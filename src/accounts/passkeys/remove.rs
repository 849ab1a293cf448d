//! A player removes a passkey, but never the last way in.

use serde_json::json;

use crate::accounts::passkeys::store;
use crate::accounts::players::store::{can_sign_in_with_amazon, has_usable_password, lock_origin};
use crate::audit::{self, Kind};
use crate::outbound::mail::{self, MailMessage, MailRecipient};
use crate::platform::fault::Stop;
use crate::sessions::{SessionOrigin, SignedInWith, browser};
use crate::web::{CurrentPlayer, RequestContext};

/// Why the passkey stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum RemovePasskeyRefusal {
    /// The player has no other login method.
    LastMethod,
    /// It is not the player's.
    NotThere,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Removes the passkey.
///
/// An unlink and the removal of the password lock the same row, so that no two of them count on each other (S63).
pub(super) async fn remove_passkey(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    passkey: &str,
) -> Result<(), Stop<RemovePasskeyRefusal>> {
    let app = &context.app;
    let (player, id) = (current_player.player.id.clone(), passkey.to_owned());
    let found = app.db.read(move |conn| store::own_passkey(conn, &player, &id)).await?;
    let passkey = found.ok_or(Stop::Refused(RemovePasskeyRefusal::NotThere))?;
    let event =
        context.player_event(current_player, Kind::PasskeyRemoved).with(json!({ "passkey": passkey.id }));
    let to = MailRecipient::current(context, current_player);
    let message =
        MailMessage::compose(app, mail::Kind::PasskeyRemoved, &to, &[("passkey", passkey.name.as_str())])?;
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    app.db
        .write_or_refuse(move |conn| {
            let player = &origin.player;
            if !lock_origin(conn, &origin, now)? {
                return Err(Stop::Refused(RemovePasskeyRefusal::SessionEnded));
            }
            let has_another = store::count_passkeys(conn, player)? > 1
                || has_usable_password(conn, player)?
                || can_sign_in_with_amazon(conn, player)?;
            if !has_another {
                return Err(Stop::Refused(RemovePasskeyRefusal::LastMethod));
            }
            if !store::delete_passkey(conn, player, &passkey.id)? {
                return Err(Stop::Refused(RemovePasskeyRefusal::NotThere));
            }
            // Whoever came in by it goes, as those who came by an Amazon account that is unlinked.
            browser::end_all_signed_in_with(conn, player, SignedInWith::Passkey, origin.session.as_ref())?;
            audit::append_event(conn, &event)?;
            Ok(mail::enqueue(conn, &message)?)
        })
        .await
}
