//! `dovetail webhook add|list|replay|remove`: endpoints that receive link events.

use chrono::{DateTime, Utc};
use clap::{ArgGroup, Args, Subcommand, builder::PossibleValuesParser};
use indicatif::ProgressBar;
use secrecy::ExposeSecret;

use super::runtime::{block_on, build_app};
use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::app::App;
use crate::outbound::link_events::{EndpointId, EventId, Kind};
use crate::outbound::webhooks::{self, WebhookEndpoint, WebhookReplay};
use crate::platform::fault::Stop;

#[derive(Debug, Subcommand)]
pub(super) enum WebhookCommand {
    /// Register an address and print its signing secret, this once
    Add {
        /// Where events are sent, such as `https://game.example/dovetail`
        url: String,
        /// Which events; give it again for more than one; all without it
        #[arg(long = "event", value_name = "EVENT", value_parser = kinds())]
        kinds: Vec<String>,
    },
    /// Print every address, and what became of its deliveries; exit 1 if there are dead letters
    List,
    /// Send events again
    Replay(ReplayArguments),
    /// Send nothing more to an address, and forget what is owed to it
    Remove {
        /// The id that `list` prints
        id: String,
    },
}

#[derive(Debug, Args)]
#[command(group(ArgGroup::new("what").required(true)))]
pub(super) struct ReplayArguments {
    /// Everything from this instant on, such as `2026-11-21T12:00:00Z`
    #[arg(long, value_name = "TIME", group = "what")]
    since: Option<DateTime<Utc>>,
    /// One event, by its id
    #[arg(long, value_name = "ID", group = "what")]
    event: Option<String>,
    /// What was given up
    #[arg(long, group = "what")]
    dead: bool,
    /// To this address only
    #[arg(long, value_name = "ID")]
    endpoint: Option<String>,
}

fn kinds() -> PossibleValuesParser {
    PossibleValuesParser::new(Kind::ALL.iter().map(|kind| kind.as_str()))
}

pub(super) fn run(command: &WebhookCommand) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app()?;
    block_on(async {
        match command {
            WebhookCommand::Add { url, kinds } => add(&app, url, kinds).await,
            WebhookCommand::List => list(&app).await,
            WebhookCommand::Replay(arguments) => replay(&app, arguments).await,
            WebhookCommand::Remove { id } => remove(&app, id).await,
        }
    })
}

async fn add(app: &App, url: &str, kinds: &[String]) -> Result<CommandOutcome, CommandFailure> {
    let mut wanted: Vec<Kind> = kinds.iter().filter_map(|kind| kind.parse().ok()).collect();
    if wanted.is_empty() {
        wanted = Kind::ALL.to_vec();
    }
    match webhooks::add(app, url, wanted).await {
        Ok(added) => {
            print_line(&format!("id      {}", added.id))?;
            print_line(&format!("secret  {}", added.secret.expose_secret()))?;
            print_line("It is not shown again. The receiver checks every signature with it.")?;
            Ok(CommandOutcome::Well)
        }
        Err(Stop::Refused(refused)) => {
            print_error(&format!("Not added: {refused}."));
            Ok(CommandOutcome::Findings)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn list(app: &App) -> Result<CommandOutcome, CommandFailure> {
    let endpoints = webhooks::list(app).await?;
    if endpoints.is_empty() {
        print_line("There is no address yet; `dovetail webhook add URL` registers one.")?;
    }
    for endpoint in &endpoints {
        print_line(&line(endpoint))?;
    }
    let has_dead = endpoints.iter().any(|endpoint| endpoint.dead > 0);
    Ok(if has_dead { CommandOutcome::Findings } else { CommandOutcome::Well })
}

fn line(endpoint: &WebhookEndpoint) -> String {
    let kinds: Vec<&str> = endpoint.kinds.iter().map(|kind| kind.as_str()).collect();
    let kinds = if kinds.len() == Kind::ALL.len() { "all".to_owned() } else { kinds.join(",") };
    let WebhookEndpoint { id, url, delivered, waiting, dead, .. } = endpoint;
    let disabled =
        endpoint.disabled_because.map(|why| format!("  disabled: {}", why.as_str())).unwrap_or_default();
    let trouble =
        endpoint.last_trouble.as_deref().map(|said| format!("  last trouble: {said}")).unwrap_or_default();
    format!("{id}  {url}  {kinds}  {delivered} delivered, {waiting} waiting, {dead} dead{disabled}{trouble}")
}

async fn replay(app: &App, arguments: &ReplayArguments) -> Result<CommandOutcome, CommandFailure> {
    let what = match (&arguments.since, &arguments.event) {
        (Some(at), _) => WebhookReplay::Since(*at),
        (None, Some(id)) => WebhookReplay::One(EventId::from(id.clone())),
        (None, None) => WebhookReplay::Dead,
    };
    let only = arguments.endpoint.clone().map(EndpointId::from);
    let bar = ProgressBar::new_spinner();
    let owed = webhooks::replay(app, what, only, |count| bar.inc(count as u64)).await?;
    bar.finish_and_clear();
    if owed == 0 {
        print_error("There was nothing to send again.");
        return Ok(CommandOutcome::Findings);
    }
    print_line(&format!("{owed} deliveries are due again; a running portal sends them."))?;
    Ok(CommandOutcome::Well)
}

async fn remove(app: &App, id: &str) -> Result<CommandOutcome, CommandFailure> {
    if webhooks::remove(app, EndpointId::from(id.to_owned())).await? {
        print_line("Nothing more is sent there.")?;
        return Ok(CommandOutcome::Well);
    }
    print_error("There is no such address; `dovetail webhook list` prints them.");
    Ok(CommandOutcome::Findings)
}
