//! `dovetail keys reseal`, `status` and `give-up`: which values depend on which key.
//!
//! Resealing may be stopped at any moment and run again, also twice at once. Exit status 1 means that a value
//! depends on a key that is not the first, or will not open.

use indicatif::{ProgressBar, ProgressStyle};

use crate::app::App;
use crate::config::Config;
use crate::operations::cli::runtime::block_on;
use crate::operations::cli::{CommandFailure, CommandOutcome, print_line, serve};
use crate::operations::key_rotation::{self, RotationTally};
use crate::platform::clock::Clock;
use crate::platform::fault::Fault;
use crate::platform::logging;

pub(super) fn reseal() -> Result<CommandOutcome, CommandFailure> {
    on_portal(async |app| {
        // Lists the key before any value is sealed with it, so that a start without this key is always
        // noticed.
        key_rotation::take_up(app).await?;
        let bar = bar(key_rotation::count_values(app).await?);
        let done = key_rotation::reseal(app, &|seen| bar.inc(seen)).await?;
        bar.finish_and_clear();
        print_line(&format!("{} sealed anew under key {:?}.", values(done.resealed), first(app)))?;
        // A second walk finds values that other programs have written meanwhile.
        let bar = self::bar(key_rotation::count_values(app).await?);
        let left = key_rotation::find_due(app, &|seen| bar.inc(seen)).await?;
        bar.finish_and_clear();
        report(app, &left)
    })
}

pub(super) fn status() -> Result<CommandOutcome, CommandFailure> {
    on_portal(async |app| {
        let bar = bar(key_rotation::count_values(app).await?);
        let tally = key_rotation::find_due(app, &|seen| bar.inc(seen)).await?;
        bar.finish_and_clear();
        report(app, &tally)
    })
}

pub(super) fn give_up(key: &str) -> Result<CommandOutcome, CommandFailure> {
    on_portal(async |app| {
        if app.vault.key_ids().any(|id| id == key) {
            print_line(&format!("Key {key:?} is in the ring; there is nothing to give up."))?;
            return Ok(CommandOutcome::Findings);
        }
        if !key_rotation::give_up(app, key).await? {
            print_line(&format!("No portal on this database ever had a key {key:?}."))?;
            return Ok(CommandOutcome::Findings);
        }
        print_line(&format!(
            "The portal starts without key {key:?} from now on. What it sealed stays, and will not open."
        ))?;
        Ok(CommandOutcome::Well)
    })
}

fn on_portal(
    work: impl AsyncFnOnce(&App) -> Result<CommandOutcome, Fault>,
) -> Result<CommandOutcome, CommandFailure> {
    let config = Config::from_env_making_keys()?;
    logging::start(&config.logging.filter, config.logging.format)?;
    serve::prepare_schema(&config)?;
    let app = App::build(config, Clock::system())?;
    block_on(work(&app))
}

fn report(app: &App, tally: &RotationTally) -> Result<CommandOutcome, Fault> {
    let first = first(app);
    let mut is_done = true;
    let idle = app.vault.key_ids().filter(|id| !tally.by_key.contains_key(*id)).map(|id| (id, 0));
    for (key, count) in tally.by_key.iter().map(|(key, count)| (key.as_str(), *count)).chain(idle) {
        let is_in_ring = app.vault.key_ids().any(|id| id == key);
        let remark = match (key == first, is_in_ring, count) {
            (true, _, _) => ", as it should",
            (_, true, 0) => "; it may leave DOVETAIL_TOKEN_KEYS once no copy seals with it",
            (_, true, _) => "; run `dovetail keys reseal`",
            (_, false, _) => {
                " and is not in DOVETAIL_TOKEN_KEYS: put it back, then run `dovetail keys reseal`"
            }
        };
        is_done &= key == first || count == 0;
        print_line(&format!("Key {key:?} seals {}{remark}.", values(count)))?;
    }
    for finding in &tally.findings {
        let key_rotation::RotationFinding { table, column, row, why } = finding;
        print_line(&format!("Will not open: {table}.{column} of {row}: {why}"))?;
    }
    if tally.shut > 0 {
        print_line(&format!("{} will not open. Nothing was deleted.", values(tally.shut)))?;
    }
    Ok(if is_done && tally.shut == 0 { CommandOutcome::Well } else { CommandOutcome::Findings })
}

fn first(app: &App) -> String {
    app.vault.key_ids().next().unwrap_or_default().to_owned()
}

fn values(count: u64) -> String {
    if count == 1 { "1 value".to_owned() } else { format!("{count} values") }
}

fn bar(all: u64) -> ProgressBar {
    let bar = ProgressBar::new(all);
    match ProgressStyle::with_template("{bar:40} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
