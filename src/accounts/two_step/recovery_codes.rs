//! New recovery codes in place of the former ones.

use serde::{Deserialize, Serialize};

use crate::accounts::players::store::lock_origin;
use crate::accounts::second_factor::{self, recovery_hash};
use crate::accounts::two_step::mails;
use crate::audit;
use crate::outbound::mail;
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::recovery_codes::RecoveryCodes;
use crate::sessions::SessionOrigin;
use crate::web::cookies::CookieName;
use crate::web::{CurrentPlayer, RequestContext};

/// The cookie that carries new codes to the page that shows them once.
#[derive(Serialize, Deserialize)]
pub(super) struct RecoveryCodesCookie {
    player: PlayerId,
    codes: RecoveryCodes,
}

impl RecoveryCodesCookie {
    pub fn new(player: &PlayerId, codes: RecoveryCodes) -> Self {
        Self { player: player.clone(), codes }
    }

    /// The codes that wait in this browser, if they are this player's.
    pub fn codes(context: &RequestContext, player: &PlayerId) -> Option<Vec<String>> {
        let cookie: Self =
            context.cookies.read(&context.request, CookieName::PlayerRecoveryCodes, context.now)?;
        (cookie.player == *player).then_some(cookie.codes.0)
    }
}

/// Replaces all recovery codes. `None` if the second factor is off, or the session has ended meanwhile.
pub(super) async fn renew_codes(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Result<Option<RecoveryCodes>, Fault> {
    let codes = RecoveryCodes::generate()?;
    let hashes = codes.hashes(|code| recovery_hash(&context.app, &current_player.player.id, code));
    let message = mails::message(context, current_player, mail::Kind::RecoveryCodesRenewed)?;
    let event = context.player_event(current_player, audit::Kind::RecoveryCodesRenewed);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    let is_written = context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)? || !second_factor::store::is_on(conn, &origin.player)? {
                return Ok(false);
            }
            second_factor::store::put_recovery_codes(conn, &origin.player, &hashes, now)?;
            audit::append_event(conn, &event)?;
            mail::enqueue(conn, &message)?;
            Ok(true)
        })
        .await?;
    Ok(is_written.then_some(codes))
}

/// Forgets a browser in which no code is asked for. False if it is not this player's, or the session has ended.
pub(super) async fn forget_browser(
    context: &RequestContext,
    current_player: &CurrentPlayer,
    browser: String,
) -> Result<bool, Fault> {
    let event = context.player_event(current_player, audit::Kind::BrowserForgotten);
    let (origin, now) = (SessionOrigin::of_browser(current_player), context.now);
    context
        .app
        .db
        .write(move |conn| {
            if !lock_origin(conn, &origin, now)?
                || !second_factor::store::forget_browser(conn, &origin.player, &browser)?
            {
                return Ok(false);
            }
            audit::append_event(conn, &event)?;
            Ok(true)
        })
        .await
}
