//! `AmazonLinkByCodeRequest`. To be written.

use super::caller::{Caller, SignedIn};
use super::dispatch::Answer;
use super::wire::{self, Errors};
use crate::app::App;
use crate::platform::fault::Stop;

#[expect(clippy::unused_async, reason = "to be written")]
pub(super) async fn answer(_: &App, _: &Caller, _: &SignedIn, _: wire::AmazonLinkByCode) -> Answer {
    Err(Stop::Refused(Errors::try_again()))
}
