//! `dovetail simulator`: only the simulator of Amazon, for a portal that runs elsewhere.

use std::net::TcpListener;

use super::{CommandFailure, CommandOutcome, print_line};
use crate::config::Config;
use crate::lwa::simulator::{Simulator, SimulatorSettings};
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;
use crate::platform::logging;

const DURING: &str = "starting the simulator of Amazon";

#[derive(Debug, clap::Args)]
pub(super) struct SimulatorArguments {
    /// A URL that customers may be sent back to, beside the portal's own; may be given several times
    #[arg(long = "allow-return-url", value_name = "URL")]
    return_urls: Vec<String>,
}

pub(super) fn run(arguments: SimulatorArguments) -> Result<CommandOutcome, CommandFailure> {
    let config = Config::from_env_before_database()?;
    logging::start(&config.logging.filter, config.logging.format)?;
    let Some(address) = config.amazon.simulator_listen else {
        return Err(
            Fault::broken(DURING, "it is off; it runs in development with DOVETAIL_SIMULATOR=on").into()
        );
    };
    let return_url = format!("{}amazon/callback", config.http.public_url);
    // No state file, because a portal on the same machine may use it.
    let return_urls = [config.amazon.simulator_return_urls, arguments.return_urls].concat();
    if let Some(refused) = return_urls.iter().find(|url| !Simulator::is_return_url(url)) {
        let says = format!("{refused} is not a URL with http:// or https:// and without a fragment");
        return Err(Fault::broken("reading --allow-return-url", says).into());
    }
    let settings =
        SimulatorSettings { return_urls, ..SimulatorSettings::development(Clock::system(), &return_url) };
    let listener = TcpListener::bind(address).map_err(|error| Fault::broken(DURING, error))?;
    actix_web::rt::System::new().block_on(async {
        let amazon = Simulator::new(settings).run(listener).map_err(|error| Fault::broken(DURING, error))?;
        print_line(&format!("Amazon is played at http://{address}/simulator"))?;
        amazon.await.map_err(|error| Fault::broken("running the simulator of Amazon", error))
    })?;
    Ok(CommandOutcome::Well)
}
