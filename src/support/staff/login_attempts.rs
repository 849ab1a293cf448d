//! Rate limits on staff passwords and codes, counted before they are checked (S14).
//!
//! A narrow limit on a pair of account and network asks for short pauses. Wide limits count by network and by
//! account. A browser in which the person has signed in before is counted by itself alone. So no outsider can use
//! up its allowed tries (S16). Codes allow few tries from anywhere, because reaching them takes the password.

use chrono::TimeDelta;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::StaffId;
use crate::platform::metrics::Limit;
use crate::platform::password::{HasherOverloaded, PasswordVerdict};
use crate::platform::rate_limit::{self, OverBudget, RateBudget};
use crate::support::staff::model::StaffMember;
use crate::web::RequestContext;
use crate::web::cookies::{CookieName, OutgoingCookie};

/// How long a browser stays known after its last sign-in.
const DEVICE_LASTS: TimeDelta = TimeDelta::days(90);

/// Why a password or a code was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StaffAttemptRefusal {
    /// Unknown, wrong, disabled or not enrolled: one answer for all (S12).
    Wrong,
    TooMany {
        retry_after: i64,
    },
    /// The queue for password hashing is full (S96).
    Overloaded,
}

/// The cookie of a known browser: its random id, and who signed in.
#[derive(Serialize, Deserialize)]
struct StaffBrowserDevice {
    id: String,
    staff: StaffId,
}

/// Checks `typed` against the member's password; `key` is the canonical address.
///
/// An unknown member costs the same work (S13).
pub(super) async fn check_password(
    context: &RequestContext,
    member: Option<&StaffMember>,
    key: &str,
    typed: &SecretString,
) -> Result<(), Stop<StaffAttemptRefusal>> {
    let (narrow, wide) = attempt_budgets(context, member, key);
    let counted = wide.iter().map(|budget| budget.id.clone()).collect();
    let (first, all) = (narrow.id.clone(), std::iter::once(narrow).chain(wide).collect());
    take_attempt(context, all).await?;
    let known = member.filter(|member| member.may_come_in());
    let stored = known.and_then(StaffMember::stored_hash);
    let verdict = context.app.passwords.verify(stored.as_ref(), typed).await.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(StaffAttemptRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    if !matches!(verdict, PasswordVerdict::Match { .. }) {
        return Err(Stop::Refused(StaffAttemptRefusal::Wrong));
    }
    Ok(context.app.throttle.succeeded(first, counted).await?)
}

/// Counts one of the few tries at a code.
pub(super) async fn count_code(
    context: &RequestContext,
    staff: &StaffId,
) -> Result<(), Stop<StaffAttemptRefusal>> {
    let policy = &context.app.config.policy;
    let budget = RateBudget {
        limit: Limit::StaffCodes,
        id: id_of_codes(staff),
        free: policy.codes.tries,
        window: policy.guessing.window,
        then: OverBudget::Wait,
    };
    take_attempt(context, vec![budget]).await
}

/// Resets the tries at a code after a correct one.
pub(super) async fn code_was_right(context: &RequestContext, staff: &StaffId) -> Result<(), Fault> {
    context.app.throttle.reset(id_of_codes(staff)).await
}

/// Makes this browser a known browser of this person.
pub(super) fn remember_device(
    context: &RequestContext,
    staff: &StaffId,
) -> Result<Option<OutgoingCookie>, Fault> {
    let device =
        StaffBrowserDevice { id: OpaqueToken::generate()?.expose().to_owned(), staff: staff.clone() };
    Ok(context.cookies.write(CookieName::StaffDevice, &device, context.now, DEVICE_LASTS))
}

fn id_of_codes(staff: &StaffId) -> String {
    format!("staff code {staff}")
}

async fn take_attempt(
    context: &RequestContext,
    budgets: Vec<RateBudget>,
) -> Result<(), Stop<StaffAttemptRefusal>> {
    match context.app.throttle.take(budgets, context.now).await? {
        rate_limit::RateVerdict::Allowed => Ok(()),
        rate_limit::RateVerdict::Refused { retry_after } => {
            Err(Stop::Refused(StaffAttemptRefusal::TooMany { retry_after }))
        }
    }
}

/// The narrow limit, and the wide ones.
fn attempt_budgets(
    context: &RequestContext,
    member: Option<&StaffMember>,
    key: &str,
) -> (RateBudget, Vec<RateBudget>) {
    let guessing = &context.app.config.policy.guessing;
    let narrow = |of: &str| RateBudget {
        limit: Limit::StaffGuesses,
        id: format!("staff guess {of}"),
        free: guessing.free_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    };
    let in_a_day = |of: &str| RateBudget {
        limit: Limit::StaffGuessesInADay,
        id: format!("staff guesses in a day {of}"),
        free: guessing.account_failures,
        window: guessing.account_window,
        then: OverBudget::Wait,
    };
    if let Some(device) = member.and_then(|member| known_device(context, &member.id)) {
        return (narrow(&device), vec![in_a_day(&device)]);
    }
    let account = context.app.keys.lookup.hash(LookupPurpose::Identifier, &format!("staff {key}"));
    let network = context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network());
    let by_network = RateBudget {
        limit: Limit::StaffNetworkGuesses,
        id: format!("staff guesses network {network}"),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Wait,
    };
    let pair = narrow(&format!("account {account} network {network}"));
    (pair, vec![by_network, in_a_day(&format!("account {account}"))])
}

fn known_device(context: &RequestContext, staff: &StaffId) -> Option<String> {
    let device: StaffBrowserDevice =
        context.cookies.read(&context.request, CookieName::StaffDevice, context.now)?;
    let hash = OpaqueToken::parse(&device.id)?.hash();
    (device.staff == *staff).then(|| format!("device {} {staff}", hash.as_str()))
}
