//! What commands work with: the portal's hands, and a runtime to use them on.

use super::{CommandFailure, serve};
use crate::app::App;
use crate::config::Config;
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;

/// The portal's hands, on a schema that is this program's.
pub(super) fn open() -> Result<App, CommandFailure> {
    let config = Config::from_env_making_keys()?;
    serve::prepare_schema(&config)?;
    Ok(App::build(config, Clock::system())?)
}

/// Does the work, to its end.
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
