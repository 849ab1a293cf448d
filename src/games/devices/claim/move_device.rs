//! Moves a device with a claim to the account of the signed-in player.

use serde_json::json;

use crate::accounts::players;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::claim::finish::pending_claim;
use crate::games::devices::claim::store::{self, ClaimOutcome};
use crate::games::devices::{authenticate, store as devices};
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::sessions::{SessionOrigin, game};
use crate::web::{CurrentPlayer, RequestContext};

/// The claim cannot move the device.
///
/// The claim has ended, the device is disabled, or its player is the current player or an account by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClaimGone;

/// Moves the device to the current player, and ends the sessions of its former player.
///
/// The page has warned that no device will sign in to the former player any more. If no login method is left,
/// that player is disabled, and erased once the outcome of the claim can no longer be asked for. Returns the device's label.
pub(super) async fn move_device(
    context: &RequestContext,
    current: &CurrentPlayer,
) -> Result<String, Stop<ClaimGone>> {
    let claim = pending_claim(context).await?.ok_or(Stop::Refused(ClaimGone))?;
    let device = claim.device.clone().ok_or(Stop::Refused(ClaimGone))?;
    if claim.player == current.player.id {
        return Err(Stop::Refused(ClaimGone));
    }
    let id = current.player.id.clone();
    let known = context.app.db.read(move |conn| players::store::credentials_by_id(conn, &id)).await?;
    let message = match &known {
        Some(known) => authenticate::device_added_message(&context.app, known, &claim.label)?,
        None => None,
    };
    let events = [
        context.player_event(current, Kind::DeviceAdded).with(json!({ "from": claim.player })),
        context
            .audit_event(Kind::DeviceSwitchedOff, Actor::Player)
            .on(&claim.player)
            .with(json!({ "to": current.player.id })),
    ];
    let (to, label) = (current.player.id.clone(), claim.label.clone());
    let mover = SessionOrigin::of_browser(current);
    let (browser, now) = (context.browser_hash(), context.now);
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            // Both rows are locked in one order, so that two moves cannot deadlock.
            let (first, second) = if to < claim.player { (&to, &claim.player) } else { (&claim.player, &to) };
            let are_open =
                players::store::lock_player(conn, first)? && players::store::lock_player(conn, second)?;
            let is_moved = are_open
                && mover.is_alive(conn, now)?
                && claim.origin().is_alive(conn, now)?
                && !players::store::has_person(conn, &claim.player)?
                && store::finish_claim(conn, &claim.id, browser.as_str(), ClaimOutcome::Moved, now)?
                && devices::move_device(conn, &device, &claim.player, &to)?;
            if !is_moved {
                return Err(Stop::Refused(ClaimGone));
            }
            game::end_all(conn, &claim.player, None)?;
            players::store::disable_if_unreachable(conn, &claim.player, now)?;
            for event in &events {
                audit::append_event(conn, event)?;
            }
            mail::enqueue(conn, &message)?;
            Ok::<_, Stop<ClaimGone>>(())
        })
        .await?;
    Ok(label)
}
