//! `dovetail seed --players N`: generated players for load tests.
//!
//! The players are `player1@seed.example` to `playerN@seed.example`, all with the password [`PASSWORD`]. All
//! share one hash, because ten thousand hashes would take an hour. Every second player has a link, with
//! tokens that Amazon does not accept; every tenth has a former link. Every fifth has a user name, such as
//! `seed-5`. Only links get audit records, which `dovetail verify` needs.
//!
//! The command may be interrupted and run again; existing players stay. It is refused in production.

use std::collections::HashSet;

use clap::Args;
use futures_util::{StreamExt, stream};
use indicatif::ProgressBar;
use secrecy::SecretString;

use super::runtime::block_on;
use super::{CommandFailure, CommandOutcome, print_line, serve};
use crate::accounts::players::{self, NewPlayer, TABLE};
use crate::app::App;
use crate::config::Config;
use crate::links::MadeUpLink;
use crate::platform::clock::Clock;
use crate::platform::crypto::keys::LookupHasher;
use crate::platform::db::Conn;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::platform::password::{Password, StoredHash, place_of_hash};

/// The password of every generated player.
const PASSWORD: &str = "quiet herons nest at dawn";

/// Players in one transaction.
const BATCH: u32 = 500;

#[derive(Debug, Args)]
pub(super) struct SeedArguments {
    /// How many players there should be
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    players: u32,
}

pub(super) fn run(arguments: &SeedArguments) -> Result<CommandOutcome, CommandFailure> {
    let config = Config::from_env_making_keys()?;
    if config.is_production() {
        return Err(Fault::broken(DURING, "a production portal takes no made-up players").into());
    }
    serve::prepare_schema(&config)?;
    let app = App::build(config, Clock::system())?;
    let made = block_on(seed(&app, arguments.players))?;
    print_line(&format!("{made} players made; all of {} have the password: {PASSWORD}", arguments.players))?;
    Ok(CommandOutcome::Well)
}

const DURING: &str = "making up players";

async fn seed(app: &App, players: u32) -> Result<usize, Fault> {
    let hash = one_hash(app).await?;
    let bar = ProgressBar::new(u64::from(players));
    let firsts = (1..=players).step_by(BATCH as usize);
    let batches = firsts.map(|first| batch(app, &hash, first, players.min(first.saturating_add(BATCH - 1))));
    // Seals the next batch while one is written.
    let mut batches = stream::iter(batches).buffer_unordered(2);
    let mut made = 0;
    while let Some(batch) = batches.next().await {
        made += batch?;
        bar.inc(u64::from(BATCH));
    }
    bar.finish_and_clear();
    Ok(made)
}

/// Hashes the common password; the hash is not yet bound to a player.
async fn one_hash(app: &App) -> Result<StoredHash, Fault> {
    let password = Password::as_typed(&SecretString::from(PASSWORD))
        .ok_or_else(|| Fault::broken(DURING, "the password is none"))?;
    app.passwords.hash(password, place_of_hash(TABLE, "", "")).await.map_err(|stop| match stop {
        Stop::Fault(fault) => fault,
        Stop::Refused(_) => Fault::busy(DURING, "the hasher is busy"),
    })
}

/// A generated player with user name and link.
struct SeedPopulation {
    player: NewPlayer,
    user_name: Option<UserName>,
    link: Option<MadeUpLink>,
    /// Whether the link has ended.
    is_former: bool,
}

impl SeedPopulation {
    fn email_key(&self) -> &str {
        self.player.proven_email.as_ref().map_or("", EmailAddress::key)
    }
}

/// Inserts the players of a batch that do not exist yet, and returns how many.
async fn batch(app: &App, hash: &StoredHash, first: u32, last: u32) -> Result<usize, Fault> {
    let reserved = ReservedNames::new(&app.config.site.name);
    let all: Vec<SeedPopulation> =
        (first..=last).map(|number| made_up(app, hash, &reserved, number)).collect::<Result<_, _>>()?;
    let hasher = app.keys.lookup.clone();
    app.db
        .write(move |conn| {
            let keys: Vec<&str> = all.iter().map(SeedPopulation::email_key).collect();
            let taken: HashSet<String> = players::store::emails_taken(conn, &keys)?.into_iter().collect();
            let missing = || all.iter().filter(|made| !taken.contains(made.email_key()));
            for made in missing() {
                insert(conn, made, &hasher)?;
            }
            Ok(missing().count())
        })
        .await
}

fn insert(conn: &mut Conn, made: &SeedPopulation, hasher: &LookupHasher) -> Result<(), Fault> {
    players::store::insert_player(conn, &made.player)?;
    if let Some(user_name) = &made.user_name {
        players::store::set_user_name(conn, &made.player.id, user_name)?;
    }
    let Some(link) = &made.link else { return Ok(()) };
    link.insert(conn)?;
    if made.is_former { link.end(conn, hasher) } else { Ok(()) }
}

fn made_up(
    app: &App,
    hash: &StoredHash,
    reserved: &ReservedNames,
    number: u32,
) -> Result<SeedPopulation, Fault> {
    let player = player(app, hash, reserved, number)?;
    let is_former = number % 10 == 5;
    let has_link = number.is_multiple_of(2) || is_former;
    let link =
        has_link.then(|| MadeUpLink::prepare(app, &player.id, number, player.created_at)).transpose()?;
    let user_name = number.is_multiple_of(5).then(|| UserName::parse(&format!("seed-{number}"))).transpose();
    let user_name = user_name.map_err(|why| Fault::broken(DURING, format!("{why:?}")))?;
    Ok(SeedPopulation { player, user_name, link, is_former })
}

fn player(app: &App, hash: &StoredHash, reserved: &ReservedNames, number: u32) -> Result<NewPlayer, Fault> {
    let created_at = app.clock.now();
    let id = PlayerId::new(created_at);
    let email = EmailAddress::parse(&format!("player{number}@seed.example"), LocalPart::Ascii)
        .map_err(|why| Fault::broken(DURING, format!("{why:?}")))?;
    let display_name = DisplayName::parse(&name(number), reserved)
        .map_err(|why| Fault::broken(DURING, format!("{why:?}")))?;
    let place = place_of_hash(TABLE, id.as_str(), id.as_str());
    Ok(NewPlayer {
        password: app.passwords.reseal(hash, place)?,
        id,
        display_name,
        proven_email: Some(email),
        language: None,
        created_at,
    })
}

/// A readable and unique display name, such as "Quiet Heron 17".
fn name(number: u32) -> String {
    const HOW: [&str; 8] = ["Quiet", "Swift", "Amber", "Lucky", "Brave", "Misty", "Golden", "Silver"];
    const WHO: [&str; 7] = ["Heron", "Otter", "Falcon", "Badger", "Lynx", "Robin", "Marten"];
    let pick = |from: &[&'static str], at: u32| {
        from.iter().cycle().nth(at as usize % from.len().max(1)).copied().unwrap_or_default()
    };
    format!("{} {} {number}", pick(&HOW, number), pick(&WHO, number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn made_up_names_are_names() {
        let reserved = ReservedNames::new("Dovetail");
        for number in 1..=200 {
            assert!(DisplayName::parse(&name(number), &reserved).is_ok(), "{}", name(number));
        }
    }
}
