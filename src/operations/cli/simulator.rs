//! `dovetail simulator`: only the simulator of Amazon, for a portal that runs elsewhere.

use std::net::TcpListener;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::config::Config;
use crate::lwa::simulator::{Simulator, SimulatorSettings};
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;
use crate::platform::logging;

const DURING: &str = "starting the simulator of Amazon";

pub(super) fn run() -> Result<CommandOutcome, CommandFailure> {
    let config = Config::from_env_before_database()?;
    logging::start(&config.logging.filter, config.logging.format)?;
    let Some(address) = config.amazon.simulator_listen else {
        return Err(
            Fault::broken(DURING, "it is off; it runs in development with DOVETAIL_SIMULATOR=on").into()
        );
    };
    let return_url = format!("{}amazon/callback", config.http.public_url);
    // No state file, because a portal on the same machine may use it.
    let settings = SimulatorSettings::development(Clock::system(), &return_url);
    let listener = TcpListener::bind(address).map_err(|error| Fault::broken(DURING, error))?;
    actix_web::rt::System::new().block_on(async {
        let amazon = Simulator::new(settings).run(listener).map_err(|error| Fault::broken(DURING, error))?;
        print_line(&format!("Amazon is played at http://{address}/simulator"))?;
        amazon.await.map_err(|error| Fault::broken("running the simulator of Amazon", error))
    })?;
    Ok(CommandOutcome::Well)
}
