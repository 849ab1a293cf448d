//! Signing in with a password.

use std::sync::Arc;

use crate::accounts::login_attempts::Account;
use crate::accounts::sign_in::forms::SignInForm;
use crate::accounts::sign_in::login_attempts::{self, Counted, Guess, Proof};
use crate::accounts::sign_in::mailed_code;
use crate::accounts::sign_in::new_session::Entry;
use crate::audit::{self, Actor, Event, Kind};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics;
use crate::platform::password::Overloaded;
use crate::sessions::SignedInWith;
use crate::web::Visit;

/// How far a sign-in got.
pub(in crate::accounts) enum SignedIn {
    In(Arc<Entry>),
    /// A mailed code is asked for, whether or not the password was right.
    CodeAsked,
}

/// Why nobody came in.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) enum Refused {
    /// Unknown, wrong, disabled, or without a password: one answer (S12).
    Wrong,
    TooMany {
        retry_after: i64,
    },
    /// The hasher's queue is full (S96).
    Overloaded,
}

/// Lets a player in who knows an account and its password.
pub(in crate::accounts) async fn sign_in(
    visit: &Visit,
    form: &SignInForm,
) -> Result<SignedIn, Stop<Refused>> {
    let done = try_to(visit, form).await;
    if let Some(outcome) = outcome(&done) {
        visit.app.metrics.sign_ins.add(outcome);
    }
    done
}

/// The word in metrics (S19). A fault is counted as such, where the request ends.
fn outcome(done: &Result<SignedIn, Stop<Refused>>) -> Option<metrics::SignIn> {
    Some(match done {
        Ok(SignedIn::In(_)) => metrics::SignIn::In,
        Ok(SignedIn::CodeAsked) => metrics::SignIn::CodeAsked,
        Err(Stop::Refused(Refused::Wrong)) => metrics::SignIn::Wrong,
        Err(Stop::Refused(Refused::TooMany { .. })) => metrics::SignIn::Throttled,
        Err(Stop::Refused(Refused::Overloaded)) => metrics::SignIn::Overloaded,
        Err(Stop::Fault(_)) => return None,
    })
}

async fn try_to(visit: &Visit, form: &SignInForm) -> Result<SignedIn, Stop<Refused>> {
    let account = Account::named(&visit.app, &form.identifier).await?;
    match login_attempts::count(visit, &account).await? {
        Counted::TooMany { retry_after } => Err(Stop::Refused(Refused::TooMany { retry_after })),
        Counted::CodeNeeded { guess, .. } => {
            let proof = checked(visit, &account, form).await?;
            mailed_code::ask(visit, &account, proof.as_ref(), form).await?;
            if proof.is_some() {
                guess.was_right(&visit.app).await?;
            }
            Ok(SignedIn::CodeAsked)
        }
        Counted::Free(guess) => match checked(visit, &account, form).await? {
            Some(proof) => enter(visit, proof, guess, form.is_remembered()).await,
            None => Err(refused(visit, &account).await?),
        },
    }
}

async fn checked(
    visit: &Visit,
    account: &Account,
    form: &SignInForm,
) -> Result<Option<Proof>, Stop<Refused>> {
    login_attempts::verify(&visit.app, account, &form.password).await.map_err(|stop| match stop {
        Stop::Refused(Overloaded) => Stop::Refused(Refused::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })
}

async fn enter(
    visit: &Visit,
    proof: Proof,
    guess: Guess,
    is_remembered: bool,
) -> Result<SignedIn, Stop<Refused>> {
    let entry = Arc::new(Entry::prepare(visit, &proof.player.id, SignedInWith::Password, is_remembered)?);
    let written = Arc::clone(&entry);
    visit
        .app
        .db
        .write(move |conn| {
            if !proof.still_holds(conn)? {
                return Err(Stop::Refused(Refused::Wrong));
            }
            Ok(written.write(conn)?)
        })
        .await?;
    guess.was_right(&visit.app).await?;
    Ok(SignedIn::In(entry))
}

/// Records the guess. The record is written for accounts that do not exist as well: the work must not tell.
pub(in crate::accounts) async fn refused(visit: &Visit, account: &Account) -> Result<Stop<Refused>, Fault> {
    let reference = visit.reference.to_string();
    let mut event = Event::new(visit.now, Kind::SignInFailed, Actor::Visitor, &reference)
        .from(&visit.caller.network())
        .in_browser(&visit.caller.browser);
    event.player = account.credentials.as_ref().map(|found| found.id.clone());
    visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
    Ok(Stop::Refused(Refused::Wrong))
}
