//! `dovetail staff`: members of staff and their roles.
//!
//! The first admin is added here; there is none by default.

use std::future::Future;

use chrono::SecondsFormat;
use clap::Subcommand;

use super::runtime::{block_on, build_app_as_migrated};
use super::{CommandFailure, CommandOutcome, print_error, print_line};
use crate::app::App;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::support::staff::{self, AddStaffRefusal, Role, StaffChangeRefusal, StaffChanged, StaffInvitation};

#[derive(Debug, Subcommand)]
pub(super) enum StaffCommand {
    /// Make a member of staff and print a link by which they enrol, once, within a day
    Add {
        email: String,
        /// viewer, agent, lead or admin
        #[arg(long, value_parser = parse_role)]
        role: Role,
    },
    /// Change a role at once; ends that person's sessions
    Role {
        email: String,
        #[arg(value_parser = parse_role)]
        role: Role,
    },
    /// Print everybody, with role and standing
    List,
    /// Shut somebody out at once
    Disable { email: String },
    /// Take password and second factor away, end the sessions, and print a new enrolment link
    ResetMfa { email: String },
}

fn parse_role(text: &str) -> Result<Role, String> {
    text.parse().map_err(|_| "must be viewer, agent, lead or admin".to_owned())
}

pub(super) fn run(command: &StaffCommand) -> Result<CommandOutcome, CommandFailure> {
    let app = build_app_as_migrated()?;
    match command {
        StaffCommand::Add { email, role } => with_address(email, |email| added(&app, &email, *role)),
        StaffCommand::Role { email, role } => {
            with_address(email, |email| changed(wait(staff::change_role(&app, &email, *role))?))
        }
        StaffCommand::List => list(&app),
        StaffCommand::Disable { email } => {
            with_address(email, |email| changed(wait(staff::disable_member(&app, &email))?))
        }
        StaffCommand::ResetMfa { email } => {
            with_address(email, |email| match wait(staff::reset_mfa(&app, &email))? {
                Ok(invitation) => invited(&invitation, &email),
                Err(why) => Ok(refused(&why)),
            })
        }
    }
}

fn added(app: &App, email: &EmailAddress, role: Role) -> Result<CommandOutcome, CommandFailure> {
    match wait(staff::add_member(app, email.clone(), role))? {
        Ok(invitation) => invited(&invitation, email),
        Err(AddStaffRefusal::Known) => {
            print_error("there is such a member of staff; see `dovetail staff list`");
            Ok(CommandOutcome::Findings)
        }
    }
}

fn invited(invitation: &StaffInvitation, email: &EmailAddress) -> Result<CommandOutcome, CommandFailure> {
    let until = invitation.until.to_rfc3339_opts(SecondsFormat::Secs, true);
    print_line(&format!("{} may enrol once, until {until}, at", email.typed()))?;
    print_line(&invitation.link)?;
    Ok(CommandOutcome::Well)
}

fn changed(result: Result<StaffChanged, StaffChangeRefusal>) -> Result<CommandOutcome, CommandFailure> {
    match result {
        Ok(StaffChanged { from, sessions_ended }) => {
            print_line(&format!("Done. The role was {}; {sessions_ended} sessions ended.", from.as_str()))?;
            Ok(CommandOutcome::Well)
        }
        Err(why) => Ok(refused(&why)),
    }
}

fn refused(why: &StaffChangeRefusal) -> CommandOutcome {
    print_error(match why {
        StaffChangeRefusal::Unknown => "there is no such member of staff, or they are disabled",
        StaffChangeRefusal::Already => "it is so already",
        StaffChangeRefusal::LastAdmin => "nobody would be left who decides who is staff",
    });
    CommandOutcome::Findings
}

fn list(app: &App) -> Result<CommandOutcome, CommandFailure> {
    let people = staff::list(&mut *app.db.connection()?).map_err(Fault::from)?;
    for person in &people {
        print_line(&format!(
            "{:<6}  {:<8}  {}",
            person.role.as_str(),
            person.standing().as_str(),
            person.email
        ))?;
    }
    if people.is_empty() {
        print_line("There is no staff yet; `dovetail staff add EMAIL --role admin` makes the first.")?;
    }
    Ok(CommandOutcome::Well)
}

fn with_address(
    typed: &str,
    act: impl FnOnce(EmailAddress) -> Result<CommandOutcome, CommandFailure>,
) -> Result<CommandOutcome, CommandFailure> {
    if let Ok(email) = EmailAddress::parse(typed, LocalPart::Unicode) {
        return act(email);
    }
    print_error("that is not an email address");
    Ok(CommandOutcome::Findings)
}

/// Runs `verb` to its end, and returns a refusal as a value.
fn wait<T, R>(verb: impl Future<Output = Result<T, Stop<R>>>) -> Result<Result<T, R>, CommandFailure> {
    block_on(async {
        match verb.await {
            Ok(done) => Ok(Ok(done)),
            Err(Stop::Refused(why)) => Ok(Err(why)),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    })
}
