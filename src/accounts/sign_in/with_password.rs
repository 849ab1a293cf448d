//! Sign-in with a password.

use std::sync::Arc;

use crate::accounts::login_attempts::LoginAccount;
use crate::accounts::many_failures::ManyFailuresNotice;
use crate::accounts::sign_in::forms::SignInForm;
use crate::accounts::sign_in::login_attempts::{self, AttemptCount, CountedAttempt, PasswordProof};
use crate::accounts::sign_in::mailed_code;
use crate::accounts::sign_in::new_session::SignInWrite;
use crate::audit::{self, Actor, Kind};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics;
use crate::platform::password::{HasherOverloaded, Password};
use crate::platform::rate_limit::RateVerdict;
use crate::sessions::SignedInWith;
use crate::web::{NextAddress, RequestContext};

/// How far a sign-in got.
pub(in crate::accounts) enum PasswordSignIn {
    /// Signed in, or waiting for the second factor: the answer of [`SignInWrite`] tells.
    In(Arc<SignInWrite>),
    /// A mailed code is needed, whether or not the password was right.
    CodeAsked,
}

/// Why nobody was signed in.
#[derive(Debug, PartialEq, Eq)]
pub(in crate::accounts) enum SignInRefusal {
    /// The account is unknown, disabled or without password, or the password is wrong: one answer (S12).
    Wrong,
    TooMany {
        retry_after: i64,
    },
    /// The hasher's queue is full (S96).
    Overloaded,
}

/// Signs in the player whose identifier and password were typed.
pub(in crate::accounts) async fn sign_in(
    context: &RequestContext,
    form: &SignInForm,
) -> Result<PasswordSignIn, Stop<SignInRefusal>> {
    let done = try_to(context, form).await;
    if let Some(outcome) = sign_in_outcome(&done) {
        context.app.metrics.sign_ins.add(outcome);
    }
    done
}

/// The metrics label of the outcome (S19). A fault is counted where the request ends.
fn sign_in_outcome(done: &Result<PasswordSignIn, Stop<SignInRefusal>>) -> Option<metrics::SignIn> {
    Some(match done {
        Ok(PasswordSignIn::In(entry)) if entry.is_waiting() => metrics::SignIn::CodeAsked,
        Ok(PasswordSignIn::In(_)) => metrics::SignIn::In,
        Ok(PasswordSignIn::CodeAsked) => metrics::SignIn::CodeAsked,
        Err(Stop::Refused(SignInRefusal::Wrong)) => metrics::SignIn::Wrong,
        Err(Stop::Refused(SignInRefusal::TooMany { .. })) => metrics::SignIn::Throttled,
        Err(Stop::Refused(SignInRefusal::Overloaded)) => metrics::SignIn::Overloaded,
        Err(Stop::Fault(_)) => return None,
    })
}

async fn try_to(context: &RequestContext, form: &SignInForm) -> Result<PasswordSignIn, Stop<SignInRefusal>> {
    let account = LoginAccount::named(&context.app, &form.identifier).await?;
    match login_attempts::count_attempt(context, &account).await? {
        AttemptCount::TooMany { retry_after } => Err(Stop::Refused(SignInRefusal::TooMany { retry_after })),
        AttemptCount::CodeNeeded => {
            let turn = login_attempts::take_shared_turn(context, &account).await?;
            let proof = check_typed_password(context, &account, form).await?;
            if let Some(proof) = &proof
                && turn == RateVerdict::Allowed
                && proof.is_enough_in_turn()
            {
                return sign_in_in_turn(context, proof.clone(), form).await;
            }
            mailed_code::request_code(context, &account, proof.as_ref(), form).await?;
            Ok(PasswordSignIn::CodeAsked)
        }
        AttemptCount::Free(counted) => match check_typed_password(context, &account, form).await? {
            Some(proof) => write_sign_in(context, proof, counted, form).await,
            None => Err(record_refusal(context, &account).await?),
        },
    }
}

/// Signs in past a wide limit, where no code can be mailed.
async fn sign_in_in_turn(
    context: &RequestContext,
    proof: PasswordProof,
    form: &SignInForm,
) -> Result<PasswordSignIn, Stop<SignInRefusal>> {
    let player = proof.player.id.clone();
    let entry = write_session(context, proof, form).await?;
    login_attempts::clear_narrow_limits(context, &player).await?;
    Ok(PasswordSignIn::In(entry))
}

async fn check_typed_password(
    context: &RequestContext,
    account: &LoginAccount,
    form: &SignInForm,
) -> Result<Option<PasswordProof>, Stop<SignInRefusal>> {
    login_attempts::verify_password(&context.app, account, &form.password).await.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(SignInRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })
}

async fn write_sign_in(
    context: &RequestContext,
    proof: PasswordProof,
    counted: CountedAttempt,
    form: &SignInForm,
) -> Result<PasswordSignIn, Stop<SignInRefusal>> {
    let entry = write_session(context, proof, form).await?;
    counted.was_right(&context.app).await?;
    Ok(PasswordSignIn::In(entry))
}

async fn write_session(
    context: &RequestContext,
    proof: PasswordProof,
    form: &SignInForm,
) -> Result<Arc<SignInWrite>, Stop<SignInRefusal>> {
    let with = SignedInWith::Password;
    let entry = SignInWrite::prepare(context, &proof.player.id, with, form.is_remembered())?;
    let entry = Arc::new(entry.going_to(form.next().as_ref().map(NextAddress::as_str)));
    let written = Arc::clone(&entry);
    let (browser, network) = (context.caller.browser_in(context.language), context.caller.network());
    let notice =
        ManyFailuresNotice::prepare(&context.app, &proof.player, context.language, &browser, &network)?;
    context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !proof.still_holds_or_closing(conn)? {
                return Err(Stop::Refused(SignInRefusal::Wrong));
            }
            notice.write(conn)?;
            Ok(written.write(conn)?)
        })
        .await?;
    Ok(entry)
}

/// Whether the password that was right is in the filter of stolen ones, so that the player is told.
///
/// The sign-in is over: a filter that cannot be read is only logged.
pub(super) async fn is_breached(context: &RequestContext, form: &SignInForm) -> bool {
    let Some(password) = Password::as_typed(&form.password) else { return false };
    context.app.is_breached(&password).await.unwrap_or_else(|fault| {
        tracing::error!(
            event = "accounts.password.filter_unreadable",
            %fault,
            "a player was not told whether the password is stolen"
        );
        false
    })
}

/// Records the refused attempt.
///
/// The record is written for accounts that do not exist as well, so that the work is the same.
pub(in crate::accounts) async fn record_refusal(
    context: &RequestContext,
    account: &LoginAccount,
) -> Result<Stop<SignInRefusal>, Fault> {
    let event = context
        .audit_event(Kind::SignInFailed, Actor::Visitor)
        .on_any(account.credentials.as_ref().map(|found| &found.id));
    audit::write_event(&context.app.db, event).await?;
    Ok(Stop::Refused(SignInRefusal::Wrong))
}
