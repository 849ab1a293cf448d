//! The address of an account: changed by a mailed code, restored from the previous address (S60, S62).
//!
//! A taken address gets the same answer as a free one. Its owner is notified by mail, and the code never works.

mod ask;
mod cancel;
mod confirm;
mod forms;
pub mod pages;
mod store;
mod undo;
mod views;

pub use ask::{EmailChangeRefusal, EmailChangeRequester, request_email_change};
pub use store::{pending, sweep_changes, sweep_undos};

use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::web::{CurrentPlayer, RequestContext};

/// Parses an address from the database. It was accepted before it was stored.
fn stored(text: &str) -> Option<EmailAddress> {
    EmailAddress::parse(text, LocalPart::Unicode).ok()
}

/// The player's own address, masked for pages; empty if there is none.
pub(super) fn masked(email: Option<&str>) -> String {
    email.and_then(stored).map_or_else(String::new, |email| email.masked())
}

/// The address that waits for its code, masked for pages; empty if none does, which costs no query.
pub(super) async fn masked_waiting(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<String, Fault> {
    if !current_player.awaits_email_code {
        return Ok(String::new());
    }
    let (player, now) = (current_player.player.id.clone(), context.now);
    let waiting = context.app.db.read_at_once(move |conn| store::pending(conn, &player, now)).await?;
    Ok(masked(waiting.as_deref()))
}
