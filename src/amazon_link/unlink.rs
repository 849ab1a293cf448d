//! The player takes the link away.

use crate::amazon_link::complete::event;
use crate::amazon_link::model::{Cause, Refused};
use crate::amazon_link::store::{self, Ending};
use crate::audit::{self, Actor, Kind};
use crate::events::{self, NewEvent};
use crate::mail::{self, Letter};
use crate::platform::fault::{Fault, Stop};
use crate::platform::keys::Lookup;
use crate::players;
use crate::sessions::{self, Rotation, Started};
use crate::web::{Viewer, Visit};
use crate::words::{LinkState, SignedInWith};

/// Removes link, tokens and cached profile, ends the other sessions that the link opened, and leaves the
/// history. Refused where it is the last way in: the check and the delete happen under the player's
/// row, so that taking away the password at the same moment cannot pass as well (S63).
///
/// `None` if there was nothing to unlink.
pub(super) async fn unlink(visit: &Visit) -> Result<Option<Started>, Stop<Refused>> {
    let app = &visit.app;
    let viewer = visit.viewer.as_deref().ok_or(Stop::Refused(Refused::AttemptUnknown))?;
    let player = viewer.player.id.clone();
    let rotation = Rotation::prepare(viewer)?;
    let session = rotation.started();
    let this_session = viewer.session.id.clone();
    let event = event(visit, Kind::LinkRemoved, Actor::Player).on(&player);
    let letter = letter(visit, viewer)?;
    let told = NewEvent {
        at: visit.now,
        kind: events::Kind::Unlinked,
        player: player.clone(),
        actor: Actor::Player,
        cause: Some(Cause::UnlinkedByPlayer.as_str()),
    };
    let hasher = app.keys.lookup.clone();
    let now = visit.now;
    let is_unlinked = app
        .db
        .write(move |conn| {
            if !players::store::hold(conn, &player)? {
                return Ok(false);
            }
            let link = match store::link_of(conn, &player)? {
                Some(link) if link.state != LinkState::Revoked => link,
                _ => return Ok(false),
            };
            if !players::store::has_usable_password(conn, &player)? {
                return Err(Stop::Refused(Refused::LastMethod));
            }
            let ending = Ending { actor: "player", cause: Cause::UnlinkedByPlayer, at: now };
            store::end(conn, &link.id, &ending, &|id| hasher.hash(Lookup::FormerIdentity, id))?;
            store::forget_attempts_of(conn, &player)?;
            sessions::end_all_signed_in_with(conn, &player, SignedInWith::Amazon, Some(&this_session))?;
            if !sessions::rotate(conn, &rotation)? {
                return Err(Stop::Refused(Refused::AttemptUnknown));
            }
            audit::append(conn, &event)?;
            if let Some(letter) = &letter {
                mail::enqueue(conn, letter)?;
            }
            events::record(conn, &told)?;
            Ok(true)
        })
        .await?;
    Ok(is_unlinked.then_some(session))
}

fn letter(visit: &Visit, viewer: &Viewer) -> Result<Option<Letter>, Fault> {
    let Some(email) = &viewer.player.email else { return Ok(None) };
    let amazon = viewer.link.as_ref().and_then(|link| link.amazon_name.as_deref()).unwrap_or("Amazon");
    let args = [("name", viewer.player.display_name.as_str()), ("amazon", amazon)];
    let kind = mail::Kind::AmazonUnlinked;
    Letter::write(&visit.app, kind, Some(&viewer.player.id), email, visit.language, &args).map(Some)
}
