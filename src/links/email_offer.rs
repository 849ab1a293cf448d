//! An address that changed at Amazon is offered to its player, and never taken.
//!
//! The link keeps the address that Amazon has today. Where it is another one than at the linking, the account page asks:
//! using it begins the ordinary change of address, and "no" is kept for that address.

use crate::accounts::players::store::lock_origin;
use crate::links::{LinkState, store};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::sessions::SessionOrigin;
use crate::web::{CurrentPlayer, RequestContext};

/// The address at Amazon that the player is asked about. `None` while another address waits for its code.
///
/// A link that nobody has confirmed offers nothing, because it may be somebody else's.
pub(super) fn offered_email(current_player: &CurrentPlayer) -> Option<EmailAddress> {
    let link = current_player.link.as_ref()?;
    let is_own = link.is_confirmed && link.state != LinkState::Revoked;
    let is_news = is_own && link.amazon_email != link.amazon_email_known && !current_player.awaits_email_code;
    let offered =
        EmailAddress::parse(link.amazon_email.as_deref().filter(|_| is_news)?, LocalPart::Ascii).ok()?;
    let own = current_player.player.email.as_deref();
    let own = own.and_then(|own| EmailAddress::parse(own, LocalPart::Unicode).ok());
    Some(offered).filter(|offered| own.is_none_or(|own| own.key() != offered.key()))
}

/// Notes that the player does not want the address. False if the session has ended meanwhile.
pub(super) async fn decline_offered_email(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<bool, Fault> {
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    let email = current_player.link.as_ref().and_then(|link| link.amazon_email.clone());
    context
        .app
        .db
        .write(move |conn| {
            let is_alive = lock_origin(conn, &origin, now)?;
            if let (true, Some(email)) = (is_alive, &email) {
                store::decline_email(conn, &origin.player, email)?;
            }
            Ok(is_alive)
        })
        .await
}
