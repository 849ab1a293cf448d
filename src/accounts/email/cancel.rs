//! A player gives up a change of address that waits for its code.

use crate::accounts::email::store;
use crate::accounts::players::store::lock_origin;
use crate::platform::fault::Fault;
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// What became of the change.
pub(super) enum CancelledChange {
    Cancelled,
    /// Nothing waits: it was confirmed, given up or forgotten meanwhile.
    Nothing,
    /// The session or the account ended meanwhile.
    SessionEnded,
}

/// Deletes the pending change, whose code then no longer works. The address of the account stays as it is.
///
/// Confirming takes the same lock, so that exactly one of the two is done.
pub(super) async fn cancel_email_change(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<CancelledChange, Fault> {
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? {
                return Ok(CancelledChange::SessionEnded);
            }
            if store::pending(conn, &origin.player, now)?.is_none() {
                return Ok(CancelledChange::Nothing);
            }
            store::forget_changes(conn, &origin.player)?;
            Ok(CancelledChange::Cancelled)
        })
        .await
}
