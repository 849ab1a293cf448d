//! Helpers of the commands: the [`App`], and a runtime for async work.

use super::{CommandFailure, serve};
use crate::app::App;
use crate::config::Config;
use crate::platform::clock::Clock;
use crate::platform::db::migrate;
use crate::platform::fault::Fault;

/// Builds the [`App`], after the schema was updated or checked.
pub(super) fn build_app() -> Result<App, CommandFailure> {
    let config = Config::from_env_making_keys()?;
    serve::prepare_schema(&config)?;
    Ok(App::build(config, Clock::system())?)
}

/// Builds the [`App`] without changing the schema. Refuses a schema of a newer program (S95).
pub(super) fn build_app_as_migrated() -> Result<App, CommandFailure> {
    let app = App::build(Config::from_env()?, Clock::system())?;
    migrate::refuse_newer(&mut *app.db.connection()?)?;
    Ok(app)
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
