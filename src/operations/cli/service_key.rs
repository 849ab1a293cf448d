//! `dovetail service-key add|list|revoke`: keys for game servers. A new key is printed only once.

use chrono::TimeDelta;
use clap::{Subcommand, builder::PossibleValuesParser};
use secrecy::ExposeSecret;

use super::runtime::{block_on, build_app};
use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::app::App;
use crate::platform::fault::Stop;
use crate::service_api::{self, KeyId, Scope, ServiceKey};

#[derive(Debug, Subcommand)]
pub(super) enum ServiceKeyCommand {
    /// Make a key and print it, this once
    Add {
        /// What the key is for, such as `matchmaking`
        name: String,
        /// What it may be used for; give it again for more than one
        #[arg(long = "scope", value_name = "SCOPE", required = true, value_parser = scopes())]
        scopes: Vec<String>,
        /// Days after which it stops working; never without it
        #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u16).range(1..=3660))]
        expires_in_days: Option<u16>,
    },
    /// Print every key: id, name, scopes, and when it was last used
    List,
    /// End a key at once
    Revoke {
        /// The id that `list` prints
        id: String,
    },
}

fn scopes() -> PossibleValuesParser {
    PossibleValuesParser::new(Scope::ALL.iter().map(|scope| scope.as_str()))
}

pub(super) fn run(command: &ServiceKeyCommand) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app()?;
    block_on(async {
        match command {
            ServiceKeyCommand::Add { name, scopes, expires_in_days } => {
                add(&app, name, scopes, expires_in_days.map(|days| TimeDelta::days(days.into()))).await
            }
            ServiceKeyCommand::List => list(&app).await,
            ServiceKeyCommand::Revoke { id } => revoke(&app, id).await,
        }
    })
}

async fn add(
    app: &App,
    name: &str,
    scopes: &[String],
    lasts: Option<TimeDelta>,
) -> Result<CommandOutcome, CommandFailure> {
    let mut wanted: Vec<Scope> = scopes.iter().filter_map(|scope| scope.parse().ok()).collect();
    wanted.dedup();
    match service_api::add(app, name, wanted, lasts).await {
        Ok(key) => {
            print_line(&format!("id   {}", key.id))?;
            print_line(&format!("key  {}", key.text.expose_secret()))?;
            print_line("It is not shown again. Put it where only the game server reads it.")?;
            Ok(CommandOutcome::Well)
        }
        Err(Stop::Refused(_)) => {
            print_error("A name has 1 to 64 characters, none of them a control character.");
            Ok(CommandOutcome::Findings)
        }
        Err(Stop::Fault(fault)) => Err(fault.into()),
    }
}

async fn list(app: &App) -> Result<CommandOutcome, CommandFailure> {
    let now = app.clock.now();
    let keys = service_api::list(app).await?;
    if keys.is_empty() {
        print_line("There is no key yet; `dovetail service-key add NAME --scope players:read` makes one.")?;
    }
    for key in keys {
        print_line(&line(&key, now))?;
    }
    Ok(CommandOutcome::Well)
}

fn line(key: &ServiceKey, now: chrono::DateTime<chrono::Utc>) -> String {
    let day = |at: chrono::DateTime<chrono::Utc>| at.format("%Y-%m-%d %H:%M").to_string();
    let state = match (key.revoked_at, key.expires_at) {
        (Some(at), _) => format!("revoked {}", day(at)),
        (None, Some(at)) if at <= now => format!("expired {}", day(at)),
        (None, Some(at)) => format!("until {}", day(at)),
        (None, None) => "valid".to_owned(),
    };
    let used = key.last_used_at.map_or_else(|| "never used".to_owned(), |at| format!("used {}", day(at)));
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    format!("{}  {:<24}  {}  {used}  {state}", key.id, key.name, scopes.join(","))
}

async fn revoke(app: &App, id: &str) -> Result<CommandOutcome, CommandFailure> {
    if service_api::revoke(app, KeyId::from(id.to_owned())).await? {
        print_line("The key opens nothing any more.")?;
        return Ok(CommandOutcome::Well);
    }
    print_error("There is no such key, or it is revoked already; `dovetail service-key list` prints them.");
    Ok(CommandOutcome::Findings)
}
