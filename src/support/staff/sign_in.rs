//! Staff sign-in: a password, then always a code (S122).

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::audit::{self, Actor, Kind};
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::platform::metrics::SignIn;
use crate::sessions::held_answer;
use crate::sessions::staff::{self, NewStaffSession};
use crate::support::staff::login_attempts::{self, StaffAttemptRefusal};
use crate::support::staff::model::StaffMember;
use crate::support::staff::second_factor::SecondFactor;
use crate::support::staff::store;
use crate::web::cookies::CookieName;
use crate::web::{NextAddress, RequestContext};

/// How long a correct password waits for its code.
pub(super) const PENDING_LASTS: TimeDelta = TimeDelta::minutes(5);

/// A sign-in whose password was correct; an encrypted cookie that gives no access by itself.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct PendingStaffSignIn {
    staff: StaffId,
    /// The sign-in is void if the password was changed or removed since.
    password_changed_at: Option<DateTime<Utc>>,
    /// The page that was asked for (S48).
    #[serde(default)]
    next: Option<String>,
}

impl PendingStaffSignIn {
    pub fn of(context: &RequestContext) -> Option<Self> {
        context.cookies.read(&context.request, CookieName::StaffPending, context.now)
    }

    /// Adds the support page to go to after the sign-in.
    pub fn going_to(self, next: Option<&NextAddress>) -> Self {
        Self { next: next.map(|next| next.as_str().to_owned()), ..self }
    }

    pub fn next(&self) -> Option<NextAddress> {
        self.next.as_deref().and_then(NextAddress::parse_at_desk)
    }
}

/// Checks the password; every refusal for the credentials gives the same answer (S12).
pub(super) async fn with_password(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
) -> Result<PendingStaffSignIn, Stop<StaffAttemptRefusal>> {
    count_attempt(context, try_password(context, email, password).await, SignIn::CodeAsked, SignIn::Wrong)
}

/// Checks the code and starts the session.
pub(super) async fn with_code(
    context: &RequestContext,
    pending: &PendingStaffSignIn,
    typed: &str,
) -> Result<(StaffId, OpaqueToken), Stop<StaffAttemptRefusal>> {
    count_attempt(context, try_code(context, pending, typed).await, SignIn::In, SignIn::CodeWrong)
}

/// Counts the outcome in the metrics; faults are counted where the request ends.
fn count_attempt<T>(
    context: &RequestContext,
    done: Result<T, Stop<StaffAttemptRefusal>>,
    right: SignIn,
    wrong: SignIn,
) -> Result<T, Stop<StaffAttemptRefusal>> {
    let outcome = match &done {
        Ok(_) => right,
        Err(Stop::Refused(StaffAttemptRefusal::Wrong)) => wrong,
        Err(Stop::Refused(StaffAttemptRefusal::TooMany { .. })) => SignIn::Throttled,
        Err(Stop::Refused(StaffAttemptRefusal::Overloaded)) => SignIn::Overloaded,
        Err(Stop::Fault(_)) => return done,
    };
    context.app.metrics.staff_sign_ins.add(outcome);
    done
}

async fn try_password(
    context: &RequestContext,
    email: &str,
    password: &SecretString,
) -> Result<PendingStaffSignIn, Stop<StaffAttemptRefusal>> {
    let key = match EmailAddress::parse(email, LocalPart::Unicode) {
        Ok(address) => address.key().to_owned(),
        Err(_) => email.chars().take(254).collect(),
    };
    let asked = key.clone();
    let member = context.app.db.read(move |conn| store::by_email(conn, &asked)).await?;
    let checked = login_attempts::check_password(context, member.as_ref(), &key, password).await;
    if matches!(checked, Err(Stop::Refused(StaffAttemptRefusal::Wrong))) {
        record_refusal(context, member.as_ref(), "password").await?;
    }
    checked?;
    let member = member.ok_or(Stop::Refused(StaffAttemptRefusal::Wrong))?;
    Ok(PendingStaffSignIn { staff: member.id, password_changed_at: member.password_changed_at, next: None })
}

async fn try_code(
    context: &RequestContext,
    pending: &PendingStaffSignIn,
    typed: &str,
) -> Result<(StaffId, OpaqueToken), Stop<StaffAttemptRefusal>> {
    let member = member_of(context, pending).await?;
    let factor = match SecondFactor::check(context, &member, typed).await {
        Ok(factor) => factor,
        Err(stop) => return Err(refused(context, &member, stop).await?),
    };
    let session = std::sync::Arc::new(NewStaffSession::prepare(context, &member.id)?);
    let event = context
        .audit_event(Kind::StaffSignedIn, Actor::Support)
        .by(&member.id)
        .in_session(&session.id)
        .with(serde_json::json!({ "with": ["password", factor.word()] }));
    let (new, who) = (std::sync::Arc::clone(&session), member.clone());
    let browser = context.browser_hash();
    let started = context
        .app
        .db
        .write_or_refuse(move |conn| {
            if !factor.spend(conn, &who)? {
                return Err(Stop::Refused(StaffAttemptRefusal::Wrong));
            }
            staff::start(conn, &new)?;
            held_answer::drop_of_browser(conn, browser.as_str())?;
            Ok(audit::append_event(conn, &event)?)
        })
        .await;
    if let Err(stop) = started {
        return Err(refused(context, &member, stop).await?);
    }
    login_attempts::code_was_right(context, &member.id).await?;
    Ok((member.id, session.token.clone()))
}

/// The member of a pending sign-in, read again.
async fn member_of(
    context: &RequestContext,
    pending: &PendingStaffSignIn,
) -> Result<StaffMember, Stop<StaffAttemptRefusal>> {
    let id = pending.staff.clone();
    let member = context.app.db.read(move |conn| store::by_id(conn, &id)).await?;
    member
        .filter(StaffMember::may_come_in)
        .filter(|member| member.password_changed_at == pending.password_changed_at)
        .ok_or(Stop::Refused(StaffAttemptRefusal::Wrong))
}

async fn refused(
    context: &RequestContext,
    member: &StaffMember,
    stop: Stop<StaffAttemptRefusal>,
) -> Result<Stop<StaffAttemptRefusal>, Fault> {
    if matches!(stop, Stop::Refused(StaffAttemptRefusal::Wrong)) {
        record_refusal(context, Some(member), "code").await?;
    }
    Ok(stop)
}

/// Records a refused sign-in, also for an unknown account, so that both cost the same (S13).
async fn record_refusal(
    context: &RequestContext,
    member: Option<&StaffMember>,
    what: &str,
) -> Result<(), Fault> {
    let mut event = context
        .audit_event(Kind::StaffSignInFailed, Actor::Visitor)
        .with(serde_json::json!({ "wrong": what }));
    event.staff = member.map(|member| member.id.clone());
    audit::write_event(&context.app.db, event).await
}

/// Ends the session of this request.
pub(super) async fn sign_out(context: &RequestContext) -> Result<(), Fault> {
    let Some(staff_member) = context.staff.as_deref().cloned() else { return Ok(()) };
    let event = context.staff_event(&staff_member, Kind::StaffSignedOut);
    context
        .app
        .db
        .write(move |conn| {
            if staff::end(conn, &staff_member.session.id)? {
                audit::append_event(conn, &event)?;
            }
            Ok(())
        })
        .await
}
