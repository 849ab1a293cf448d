//! `dovetail staff`: who is staff, and in which role. The first admin is made here, and nobody is one by default.

use std::future::Future;

use chrono::SecondsFormat;
use clap::Subcommand;

use super::runtime::block_on;
use super::{Failure, Outcome, complain, say};
use crate::app::App;
use crate::config::Config;
use crate::platform::clock::Clock;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::support::staff::{self, AddRefused, ChangeRefused, Changed, Invitation, Role};

#[derive(Debug, Subcommand)]
pub(super) enum Command {
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

pub(super) fn run(command: &Command) -> Result<Outcome, Failure> {
    let app = App::build(Config::from_env()?, Clock::system())?;
    match command {
        Command::Add { email, role } => with_address(email, |email| added(&app, &email, *role)),
        Command::Role { email, role } => {
            with_address(email, |email| changed(wait(staff::change_role(&app, &email, *role))?))
        }
        Command::List => list(&app),
        Command::Disable { email } => {
            with_address(email, |email| changed(wait(staff::disable(&app, &email))?))
        }
        Command::ResetMfa { email } => {
            with_address(email, |email| match wait(staff::reset_mfa(&app, &email))? {
                Ok(invitation) => invited(&invitation, &email),
                Err(why) => Ok(refused(&why)),
            })
        }
    }
}

fn added(app: &App, email: &EmailAddress, role: Role) -> Result<Outcome, Failure> {
    match wait(staff::add(app, email.clone(), role))? {
        Ok(invitation) => invited(&invitation, email),
        Err(AddRefused::Known) => {
            complain("there is such a member of staff; see `dovetail staff list`");
            Ok(Outcome::Findings)
        }
    }
}

fn invited(invitation: &Invitation, email: &EmailAddress) -> Result<Outcome, Failure> {
    let until = invitation.until.to_rfc3339_opts(SecondsFormat::Secs, true);
    say(&format!("{} may enrol once, until {until}, at", email.typed()))?;
    say(&invitation.link)?;
    Ok(Outcome::Well)
}

fn changed(result: Result<Changed, ChangeRefused>) -> Result<Outcome, Failure> {
    match result {
        Ok(Changed { from, sessions_ended }) => {
            say(&format!("Done. The role was {}; {sessions_ended} sessions ended.", from.as_str()))?;
            Ok(Outcome::Well)
        }
        Err(why) => Ok(refused(&why)),
    }
}

fn refused(why: &ChangeRefused) -> Outcome {
    complain(match why {
        ChangeRefused::Unknown => "there is no such member of staff, or they are disabled",
        ChangeRefused::Already => "it is so already",
        ChangeRefused::LastAdmin => "nobody would be left who decides who is staff",
    });
    Outcome::Findings
}

fn list(app: &App) -> Result<Outcome, Failure> {
    let people = staff::list(&mut *app.db.connection()?).map_err(Fault::from)?;
    for person in &people {
        say(&format!("{:<6}  {:<8}  {}", person.role.as_str(), person.standing.as_str(), person.email))?;
    }
    if people.is_empty() {
        say("There is no staff yet; `dovetail staff add EMAIL --role admin` makes the first.")?;
    }
    Ok(Outcome::Well)
}

fn with_address(
    typed: &str,
    act: impl FnOnce(EmailAddress) -> Result<Outcome, Failure>,
) -> Result<Outcome, Failure> {
    if let Ok(email) = EmailAddress::parse(typed, LocalPart::Unicode) {
        return act(email);
    }
    complain("that is not an email address");
    Ok(Outcome::Findings)
}

/// Runs a verb to its end. A refusal is an answer here, a fault is not.
fn wait<T, R>(verb: impl Future<Output = Result<T, Stop<R>>>) -> Result<Result<T, R>, Failure> {
    block_on(async {
        match verb.await {
            Ok(done) => Ok(Ok(done)),
            Err(Stop::Refused(why)) => Ok(Err(why)),
            Err(Stop::Fault(fault)) => Err(fault),
        }
    })
}
