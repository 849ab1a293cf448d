//! Moves a device with a claim to the account of the signed-in player.

use serde_json::json;

use crate::accounts::players;
use crate::audit::{self, Actor, Kind};
use crate::games::devices::claim::finish::pending_claim;
use crate::games::devices::claim::store::{self, ClaimOutcome};
use crate::games::devices::{authenticate, store as devices};
use crate::outbound::mail;
use crate::platform::fault::Stop;
use crate::sessions::game;
use crate::web::{CurrentPlayer, RequestContext};

/// The claim cannot move the device.
///
/// The claim has ended, the device is disabled, or its player is the current player or an account by now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct ClaimGone;

/// Moves the device to the current player, and ends the sessions of its former player.
///
/// The page has warned that no device will sign in to the former player any more. If no login method is left,
/// that player is disabled. Returns the device's label.
pub(super) async fn move_device(
    visit: &RequestContext,
    viewer: &CurrentPlayer,
) -> Result<String, Stop<ClaimGone>> {
    let claim = pending_claim(visit).await?.ok_or(Stop::Refused(ClaimGone))?;
    let device = claim.device.clone().ok_or(Stop::Refused(ClaimGone))?;
    if claim.player == viewer.player.id {
        return Err(Stop::Refused(ClaimGone));
    }
    let asked = viewer.player.id.clone();
    let known = visit.app.db.read(move |conn| players::store::credentials_by_id(conn, &asked)).await?;
    let message = match &known {
        Some(known) => authenticate::device_added_message(&visit.app, known, &claim.label)?,
        None => None,
    };
    let events = [
        visit.player_event(viewer, Kind::DeviceAdded).with(json!({ "from": claim.player })),
        visit
            .audit_event(Kind::DeviceSwitchedOff, Actor::Player)
            .on(&claim.player)
            .with(json!({ "to": viewer.player.id })),
    ];
    let (to, label) = (viewer.player.id.clone(), claim.label.clone());
    let (browser, now) = (visit.browser_hash(), visit.now);
    visit
        .app
        .db
        .write(move |conn| {
            // Both rows are locked in one order, so that two moves cannot deadlock.
            let (first, second) = if to < claim.player { (&to, &claim.player) } else { (&claim.player, &to) };
            let are_here =
                players::store::lock_player(conn, first)? && players::store::lock_player(conn, second)?;
            let is_done = are_here
                && claim.origin().is_alive(conn, now)?
                && !players::store::has_person(conn, &claim.player)?
                && store::finish_claim(conn, &claim.id, browser.as_str(), ClaimOutcome::Moved, now)?
                && devices::hand_to(conn, &device, &claim.player, &to)?;
            if !is_done {
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
