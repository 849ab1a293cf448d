//! `dovetail brake status|release`: shows and releases the mass-revocation guard (S69).

use clap::Subcommand;

use super::runtime::{block_on, build_app_as_migrated};
use super::{CommandFailure, CommandOutcome, print_line};
use crate::audit::{Actor, AuditEvent, Kind};
use crate::links::refresh::mass_revocation_guard::{self, GuardRow};
use crate::platform::fault::Fault;

#[derive(Clone, Copy, Debug, Subcommand)]
pub(super) enum BrakeCommand {
    /// Say whether the brake is on, and why; exit 1 if it is
    Status,
    /// Let links end again that Amazon refuses; exit 1 if the brake was off
    Release,
}

pub(super) fn run(command: BrakeCommand) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app_as_migrated()?;
    match command {
        BrakeCommand::Status => {
            let brake =
                mass_revocation_guard::guard_status(&mut *app.db.connection()?).map_err(Fault::from)?;
            print_line(&words(&brake))?;
            Ok(if brake.on_since.is_some() { CommandOutcome::Findings } else { CommandOutcome::Well })
        }
        BrakeCommand::Release => {
            let event =
                AuditEvent::new(app.clock.now(), Kind::GuardReleased, Actor::Operator, "dovetail brake");
            let is_released = block_on(
                app.db.write(move |conn| mass_revocation_guard::release_guard(conn, "command", None, &event)),
            )?;
            if is_released {
                print_line(
                    "The brake is off. Links that it held are asked about again within twenty minutes, and end if Amazon still refuses them.",
                )?;
                return Ok(CommandOutcome::Well);
            }
            print_line("The brake was off.")?;
            Ok(CommandOutcome::Findings)
        }
    }
}

fn words(brake: &GuardRow) -> String {
    let GuardRow { on_since, refused, refreshes, released_at, released_by } = brake;
    match (on_since, released_at) {
        (Some(since), _) => format!(
            "The brake is on since {since}: Amazon refused {refused} of {refreshes} refreshes within ten minutes. No link ends. \
             If the client at Amazon is as it should be, `dovetail brake release`."
        ),
        (None, Some(at)) => {
            format!("The brake is off; released at {at} by {}.", released_by.as_deref().unwrap_or("somebody"))
        }
        (None, None) => "The brake is off and never was on.".to_owned(),
    }
}
