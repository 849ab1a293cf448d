//! `dovetail serve`: the portal.

use super::{Failure, Outcome};
use crate::config::Config;
use crate::platform::telemetry;

#[expect(clippy::needless_pass_by_value, reason = "the server keeps the settings")]
pub(super) fn run(config: Config) -> Result<Outcome, Failure> {
    telemetry::start(&config.logging.filter, config.logging.format)?;
    Ok(Outcome::Well)
}
