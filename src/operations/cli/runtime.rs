//! Helpers of the commands: the [`App`], and a runtime for async work.

use super::{CommandFailure, serve};
use crate::app::App;
use crate::config::Config;
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;

/// Builds the [`App`], after the schema was updated or checked.
pub(super) fn build_app() -> Result<App, CommandFailure> {
    let config = Config::from_env_making_keys()?;
    serve::prepare_schema(&config)?;
    Ok(App::build(config, Clock::system())?)
}

/// Runs `work` to its end on a new runtime.
pub(super) fn block_on<T, E>(work: impl Future<Output = Result<T, E>>) -> Result<T, CommandFailure>
where
    CommandFailure: From<E>,
{
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .map_err(|error| Fault::broken("starting a command", error))?;
    Ok(runtime.block_on(work)?)
}
