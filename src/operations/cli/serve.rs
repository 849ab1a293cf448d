//! `dovetail serve`: runs the portal and its workers.

use std::net::TcpListener;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use tokio::signal::unix::{Signal, SignalKind, signal};

use super::audit::chain_of;
use super::{CommandFailure, CommandOutcome, print_line};
use crate::app::{self, App, AppBuildError};
use crate::audit;
#[cfg(feature = "simulator")]
use crate::config::DatabaseLocation;
use crate::config::{Config, ConfigProblem, ConfigRefused};
use crate::links::device_flow;
use crate::links::refresh;
use crate::operations::cleanup;
use crate::operations::doctor;
use crate::operations::key_rotation;
use crate::operations::readiness::{self, ReadinessReport};
use crate::operations::restore::{self, Certainty};
use crate::outbound::mail;
use crate::outbound::webhooks;
use crate::platform::clock::Clock;
use crate::platform::db::migrate;
use crate::platform::fault::Fault;
use crate::platform::logging;
use crate::server::layers;

pub(super) fn run(config: Config) -> Result<CommandOutcome, CommandFailure> {
    logging::start(&config.logging.filter, config.logging.format)?;
    if config.is_production() && doctor::runs_as_root().unwrap_or_default() {
        tracing::warn!(event = "operations.serve.runs_as_root", "give the portal a user of its own");
    }
    prepare_schema(&config)?;
    let app = Arc::new(App::build(config, Clock::system())?);
    actix_web::rt::System::new().block_on(serve(app))?;
    Ok(CommandOutcome::Well)
}

async fn serve(app: Arc<App>) -> Result<(), CommandFailure> {
    // Signals are registered first, so that a stop right after the first output is not lost.
    let asked = StopRequest::listen()?;
    have_every_key(&app).await?;
    refuse_restored(&app)?;
    let listener = bind(&app)?;
    // The operations listener starts first and stops last, so that `/readyz` always answers.
    let readiness = ReadinessReport::of(Arc::clone(&app));
    let door = readiness::start(Arc::clone(&app), Arc::clone(&readiness), bind_operations(&app)?)?;
    let operations = door.handle();
    let door = actix_web::rt::spawn(door);
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    #[cfg(feature = "simulator")]
    play_amazon(&app)?;
    let portal = layers::start_server(Arc::clone(&app), listener, workers)?;
    let pause = app.config.http.stop_pause.to_std().unwrap_or_default();
    actix_web::rt::spawn(stop_when_asked(asked, readiness, portal.handle(), pause));
    let post = mail::start(Arc::clone(&app))?;
    let links = refresh::start(Arc::clone(&app));
    let codes = device_flow::start(Arc::clone(&app));
    let sealer = audit::start_sealing(chain_of(&app), Arc::clone(&app.metrics));
    let hooks = webhooks::start(Arc::clone(&app))?;
    say_where_to_click(&app)?;
    let sweeper = cleanup::start(Arc::clone(&app));
    let served = portal.await.map_err(|error| Fault::broken("serving", error));
    tokio::join!(sweeper.stop(), post.stop(), links.stop(), codes.stop(), hooks.stop(), sealer.stop());
    operations.stop(false).await;
    // The operations listener was stopped; its result does not matter any more.
    let _ = door.await;
    Ok(served?)
}

/// Waits for a signal to stop, turns readiness off, and lets open requests finish (S101).
///
/// The listener stays open for `pause`, so that a balancer learns of it first. A second signal ends the program at
/// once, also while it waits for a database that does not answer.
async fn stop_when_asked(
    mut asked: StopRequest,
    readiness: Arc<ReadinessReport>,
    portal: ServerHandle,
    pause: Duration,
) {
    asked.again().await;
    readiness.stop();
    actix_web::rt::spawn(async move {
        tokio::time::sleep(pause).await;
        portal.stop(true).await;
    });
    asked.again().await;
    tracing::warn!(event = "operations.serve.stopped_at_once", "a second signal ended the program at once");
    logging::flush();
    std::process::exit(0);
}

/// SIGTERM and SIGINT, which have the same effect.
struct StopRequest {
    terminate: Signal,
    interrupt: Signal,
}

impl StopRequest {
    fn listen() -> Result<Self, Fault> {
        let listen = |kind| signal(kind).map_err(|error| Fault::broken("listening for signals", error));
        Ok(Self { terminate: listen(SignalKind::terminate())?, interrupt: listen(SignalKind::interrupt())? })
    }

    async fn again(&mut self) {
        tokio::select! {
            _ = self.terminate.recv() => {}
            _ = self.interrupt.recv() => {}
        }
    }
}

fn bind_operations(app: &App) -> Result<TcpListener, Fault> {
    let address = app.config.http.ops_listen;
    if !address.ip().is_loopback() {
        tracing::warn!(event = "operations.listener.exposed", %address, "metrics are open to other machines");
    }
    TcpListener::bind(address).map_err(|error| Fault::broken("listening at DOVETAIL_OPS_LISTEN", error))
}

fn bind(app: &App) -> Result<TcpListener, Fault> {
    TcpListener::bind(app.config.http.listen)
        .map_err(|error| Fault::broken("listening at DOVETAIL_LISTEN", error))
}

/// Runs the simulator in the same process.
///
/// Its state file is next to the database, so that a restart of a development portal does not revoke every
/// link.
#[cfg(feature = "simulator")]
fn play_amazon(app: &App) -> Result<(), Fault> {
    use crate::lwa::simulator::{Simulator, SimulatorSettings};
    let during = "starting the simulator of Amazon";
    let Some(address) = app.config.amazon.simulator_listen else { return Ok(()) };
    let return_url = format!("{}amazon/callback", app.config.http.public_url);
    let state_file = match &app.config.database.location {
        DatabaseLocation::Sqlite(path) => Some(path.with_file_name("simulator.json")),
        _ => None,
    };
    let return_urls = app.config.amazon.simulator_return_urls.clone();
    let settings = SimulatorSettings {
        state_file,
        return_urls,
        ..SimulatorSettings::development(app.clock.clone(), &return_url)
    };
    let listener = TcpListener::bind(address).map_err(|error| Fault::broken(during, error))?;
    let amazon = Simulator::new(settings).run(listener).map_err(|error| Fault::broken(during, error))?;
    actix_web::rt::spawn(amazon);
    Ok(())
}

/// Refuses to start a production portal without a needed key, because its values would all seem lost (S65).
async fn have_every_key(app: &App) -> Result<(), CommandFailure> {
    let missing = key_rotation::missing_keys(app).await?;
    if missing.is_empty() || !app.config.is_production() {
        for key_rotation::MissingKey { key, values } in &missing {
            tracing::warn!(event = "operations.keys.missing", key, values, "a key is missing");
        }
        return Ok(key_rotation::take_up(app).await?);
    }
    let of =
        |missing: &key_rotation::MissingKey| format!("key {:?} seals {} values", missing.key, missing.values);
    let which: Vec<String> = missing.iter().map(of).collect();
    let says = format!(
        "lacks a key that is needed: {}. Put it back behind the first and run `dovetail keys reseal`; if it is \
         lost, `dovetail keys give-up ID`",
        which.join("; ")
    );
    let problems = vec![ConfigProblem { setting: "DOVETAIL_TOKEN_KEYS".to_owned(), says }];
    Err(ConfigRefused { problems }.into())
}

/// Refuses to start on a restored backup that has what the ledger has ended since.
fn refuse_restored(app: &App) -> Result<(), CommandFailure> {
    let lead = restore::ledger_lead(app, Certainty::Sure)?;
    if lead.is_empty() {
        restore::settle_ledger(app)?;
        return Ok(());
    }
    let says = format!(
        "is ahead of the database, as after a backup was put back: {} players were erased since, and {} links have \
         ended. Run `dovetail restore`, then start again",
        lead.players.len(),
        lead.links.len()
    );
    let problems = vec![ConfigProblem { setting: "DOVETAIL_LEDGER".to_owned(), says }];
    Err(ConfigRefused { problems }.into())
}

/// Updates the schema, or refuses an old one (docs/configuration.md#database, `DOVETAIL_MIGRATE`).
pub(super) fn prepare_schema(config: &Config) -> Result<(), CommandFailure> {
    let db = app::open_database(config)?;
    let conn = &mut *db.connection()?;
    if config.database.migrates_on_start {
        for version in migrate::up(conn)? {
            tracing::info!(
                event = "operations.schema.migrated",
                migration.version = version,
                "a migration was applied"
            );
        }
        return Ok(());
    }
    let status = migrate::status(conn)?;
    if status.pending.is_empty() && status.unknown.is_empty() {
        return Ok(());
    }
    Err(Fault::broken("checking the schema", "it is not this program's; run `dovetail migrate`").into())
}

fn say_where_to_click(app: &App) -> Result<(), Fault> {
    let portal = &app.config.http.public_url;
    print_line(&format!("Dovetail is at {portal}"))?;
    if app.config.is_production() {
        return Ok(());
    }
    if let Some(address) = app.config.amazon.simulator_listen {
        print_line(&format!("Amazon is played at http://{address}/simulator"))?;
    }
    print_line(&format!("Mails that would be sent are at {portal}dev/outbox"))
}

impl From<AppBuildError> for CommandFailure {
    fn from(why: AppBuildError) -> Self {
        match why {
            AppBuildError::Settings(refused) => Self::Settings(refused),
            AppBuildError::Fault(fault) => Self::Fault(fault),
        }
    }
}
