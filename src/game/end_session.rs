//! `EndSessionRequest`: the end of an analytics session, and no sign-out (contract §9.5).

use super::caller::{Caller, SignedIn};
use super::wire::{Ended, Response};
use crate::app::App;

/// Tells how long the player has been here, in milliseconds. Player and token stay.
pub(super) fn answer(app: &App, caller: &Caller, _: &SignedIn) -> Response {
    let lasted = (app.clock.now() - caller.connected_at).num_milliseconds().max(0);
    Response::EndSession(Ended { session_duration: Some(lasted), error: None })
}
