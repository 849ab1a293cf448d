//! A game takes its player's link away.

use crate::accounts::players;
use crate::app::App;
use crate::audit::Kind;
use crate::links::change::unlink::{By, LastWay, NotUnlinked, Unlinking};
use crate::links::presented_token::apply::Fence;
use crate::links::presented_token::connect::event;
use crate::links::presented_token::model::{Hands, NotDisconnected};
use crate::outbound::mail::{self, Letter};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// Unlinks by the browser's rules: never the last way in (a device id is none), with a mail and a line in the
/// history. The session stays its player's.
pub async fn disconnect(app: &App, hands: &Hands, player: &PlayerId) -> Result<(), Stop<NotDisconnected>> {
    let event = event(hands, Kind::LinkRemoved).on(player);
    let by = By::Player(hands.session.clone());
    let unlinking = Unlinking::prepare(app, player, by, event, letter(app, player).await?);
    let (hands, player) = (hands.clone(), player.clone());
    let fence = Fence::of(app);
    app.db
        .write(move |conn| {
            if !players::store::hold(conn, &player)? {
                return Err(Stop::Refused(NotDisconnected::Disabled));
            }
            if !fence.lets(conn, &hands, &player)? {
                return Err(Stop::Refused(NotDisconnected::NotFresh));
            }
            unlinking.carry_out(conn, LastWay::Kept).map_err(|stop| match stop {
                Stop::Refused(NotUnlinked::Nothing) => Stop::Refused(NotDisconnected::NotConnected),
                Stop::Refused(NotUnlinked::LastMethod) => Stop::Refused(NotDisconnected::PasswordNotSet),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await
}

async fn letter(app: &App, player: &PlayerId) -> Result<Option<Letter>, Fault> {
    let asked = player.clone();
    let found = app
        .db
        .read(move |conn| {
            let amazon = crate::links::store::summary(conn, &asked)?;
            Ok(players::store::credentials_by_id(conn, &asked)?.zip(amazon))
        })
        .await?;
    let Some((known, amazon)) = found else { return Ok(None) };
    let Some(email) = &known.email else { return Ok(None) };
    let language = known.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::English);
    let amazon = amazon.name.as_deref().unwrap_or("Amazon");
    let args = [("name", known.display_name.as_str()), ("amazon", amazon)];
    Letter::write(app, mail::Kind::AmazonUnlinked, Some(player), email, language, &args).map(Some)
}
