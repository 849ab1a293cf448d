//! `EndSessionRequest`: the end of an analytics session, and no sign-out (contract §9.5).

use super::caller::{Caller, SignedIn};
use crate::app::App;
use crate::games::protocol::{Ended, Response};

/// Tells how long the player has been here, in milliseconds. Player and token stay.
pub(in crate::games) fn answer(app: &App, caller: &Caller, _: &SignedIn) -> Response {
    let lasted = (app.clock.now() - caller.connected_at).num_milliseconds().max(0);
    Response::EndSession(Ended { session_duration: Some(lasted), error: None })
}
