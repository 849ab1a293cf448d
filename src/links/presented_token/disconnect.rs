//! Unlinks a player at the request of a game.

use crate::accounts::players;
use crate::app::App;
use crate::audit::Kind;
use crate::links::change::unlink::{LastLoginMethodRule, UnlinkRefusal, UnlinkedBy, Unlinking};
use crate::links::game_rules::{GameAct, GameRules};
use crate::links::presented_token::connect::connect_event;
use crate::links::presented_token::model::{DisconnectRefusal, GameCallContext};
use crate::outbound::mail::{self, MailMessage};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// Unlinks by the rules of the browser, with a mail and an entry in the history.
///
/// It needs a proof by this very session. The last login method stays; a device id is none. The session stays signed
/// in.
pub async fn disconnect_identity(
    app: &App,
    call: &GameCallContext,
    player: &PlayerId,
) -> Result<(), Stop<DisconnectRefusal>> {
    let event = connect_event(call, Kind::LinkRemoved).on(player);
    let by = UnlinkedBy::Player(call.session().cloned());
    let unlinking = Unlinking::prepare(app, player, by, event, unlinked_message(app, player).await?);
    let (call, player) = (call.clone(), player.clone());
    let rules = GameRules::of(app);
    app.db
        .write_or_refuse(move |conn| {
            if !call.lock_origin(conn)? {
                return Err(Stop::Refused(DisconnectRefusal::SessionEnded));
            }
            if crate::links::store::summary(conn, &player)?.is_none() {
                return Err(Stop::Refused(DisconnectRefusal::NotConnected));
            }
            if rules.judge(conn, GameAct::Unlink, &player, call.proof(rules.fresh_for))?.is_err() {
                return Err(Stop::Refused(DisconnectRefusal::NotFresh));
            }
            unlinking.write(conn, LastLoginMethodRule::Kept).map_err(|stop| match stop {
                Stop::Refused(UnlinkRefusal::Nothing) => Stop::Refused(DisconnectRefusal::NotConnected),
                Stop::Refused(UnlinkRefusal::LastMethod) => Stop::Refused(DisconnectRefusal::PasswordNotSet),
                Stop::Fault(fault) => Stop::Fault(fault),
            })
        })
        .await
}

async fn unlinked_message(app: &App, player: &PlayerId) -> Result<Option<MailMessage>, Fault> {
    let asked = player.clone();
    let found = app
        .db
        .read(move |conn| {
            let amazon = crate::links::store::summary(conn, &asked)?;
            Ok(players::store::credentials_by_id(conn, &asked)?.zip(amazon))
        })
        .await?;
    let Some((known, amazon)) = found else { return Ok(None) };
    let amazon = amazon.name.as_deref().unwrap_or("Amazon");
    let to = known.as_recipient(Language::English);
    MailMessage::compose(app, mail::Kind::AmazonUnlinked, &to, &[("amazon", amazon)])
}
