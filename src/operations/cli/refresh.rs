//! `dovetail refresh`: one pass over the links that are due; a portal may run at the same time.

use std::sync::Mutex;

use indicatif::ProgressBar;

use super::runtime::{block_on, build_app_as_migrated};
use super::{CommandFailure, CommandOutcome, print_line};
use crate::app::App;
use crate::links::refresh::{self, BatchProgress};
use crate::platform::fault::Fault;

/// Ends well if Amazon has answered for every link that was due.
pub(super) fn run() -> Result<CommandOutcome, CommandFailure> {
    let app = build_app_as_migrated()?;
    let progress = block_on(pass(&app))?;
    say_what_came(&progress)?;
    let is_well = progress.put_off == 0 && progress.backoff.is_none();
    Ok(if is_well { CommandOutcome::Well } else { CommandOutcome::Findings })
}

async fn pass(app: &App) -> Result<BatchProgress, Fault> {
    let due = refresh::due_links(app).await?;
    let bar = ProgressBar::new(u64::try_from(due).unwrap_or_default());
    let shown = Mutex::new(bar.clone());
    let progress = refresh::refresh_batch(app, &|progress| {
        if let Ok(bar) = shown.lock() {
            bar.set_position(u64::try_from(progress.done).unwrap_or(u64::MAX));
        }
    })
    .await;
    bar.finish_and_clear();
    progress
}

fn say_what_came(progress: &BatchProgress) -> Result<(), Fault> {
    let BatchProgress { done, renewed, revoked, put_off, need_reconnect, backoff } = progress;
    print_line(&format!(
        "{done} links looked at: {renewed} renewed, {revoked} withdrawn at Amazon, {need_reconnect} need their player, {put_off} put off"
    ))?;
    match backoff {
        Some(backoff) => print_line(&format!(
            "Amazon wants to be left alone for {} s; run it again then.",
            backoff.as_secs()
        )),
        None => Ok(()),
    }
}
