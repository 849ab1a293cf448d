//! The player takes the link away.

use chrono::{DateTime, Utc};

use crate::amazon_link::complete::event;
use crate::amazon_link::model::{Cause, Refused};
use crate::amazon_link::store::{self, Ending};
use crate::app::App;
use crate::audit::{self, Actor, Kind};
use crate::events::{self, NewEvent};
use crate::mail::{self, Letter};
use crate::platform::db::Conn;
use crate::platform::fault::{Fault, Stop};
use crate::platform::keys::{Lookup, LookupHasher};
use crate::players;
use crate::sessions::{self, Rotation, Started};
use crate::web::{Viewer, Visit};
use crate::words::{LinkState, PlayerId, SessionId, SignedInWith};

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
    let unlinking = Unlinking::prepare(app, &player, Some(&viewer.session.id), visit.now);
    let event = event(visit, Kind::LinkRemoved, Actor::Player).on(&player);
    let letter = letter(visit, viewer)?;
    let told = told(&player, visit.now);
    let is_unlinked = app
        .db
        .write(move |conn| {
            if !players::store::hold(conn, &player)? || !undo(conn, &unlinking)? {
                return Ok(false);
            }
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

/// What game servers are told of it.
pub(super) fn told(player: &PlayerId, at: DateTime<Utc>) -> NewEvent {
    NewEvent {
        at,
        kind: events::Kind::Unlinked,
        player: player.clone(),
        actor: Actor::Player,
        cause: Some(Cause::UnlinkedByPlayer.as_str()),
    }
}

/// What taking a link away needs, whichever door asks for it.
pub(super) struct Unlinking {
    player: PlayerId,
    /// The browser session that asks, which stays.
    this_session: Option<SessionId>,
    hasher: LookupHasher,
    at: DateTime<Utc>,
}

impl Unlinking {
    pub fn prepare(app: &App, player: &PlayerId, session: Option<&SessionId>, at: DateTime<Utc>) -> Self {
        let hasher = app.keys.lookup.clone();
        Self { player: player.clone(), this_session: session.cloned(), hasher, at }
    }
}

/// Takes the link away, for a caller that holds the player's row. False if there is none.
pub(super) fn undo(conn: &mut Conn, unlinking: &Unlinking) -> Result<bool, Stop<Refused>> {
    let Unlinking { player, this_session, hasher, at } = unlinking;
    let link = match store::link_of(conn, player)? {
        Some(link) if link.state != LinkState::Revoked => link,
        _ => return Ok(false),
    };
    if !players::store::has_usable_password(conn, player)? {
        return Err(Stop::Refused(Refused::LastMethod));
    }
    let ending = Ending { actor: "player", cause: Cause::UnlinkedByPlayer, at: *at };
    store::end(conn, &link.id, &ending, &|id| hasher.hash(Lookup::FormerIdentity, id))?;
    store::forget_attempts_of(conn, player)?;
    sessions::end_all_signed_in_with(conn, player, SignedInWith::Amazon, this_session.as_ref())?;
    Ok(true)
}

fn letter(visit: &Visit, viewer: &Viewer) -> Result<Option<Letter>, Fault> {
    let Some(email) = &viewer.player.email else { return Ok(None) };
    let amazon = viewer.link.as_ref().and_then(|link| link.amazon_name.as_deref()).unwrap_or("Amazon");
    let args = [("name", viewer.player.display_name.as_str()), ("amazon", amazon)];
    let kind = mail::Kind::AmazonUnlinked;
    Letter::write(&visit.app, kind, Some(&viewer.player.id), email, visit.language, &args).map(Some)
}
