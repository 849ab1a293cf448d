//! Guesses at staff passwords and codes, counted before they are checked (S14), as players' are.
//!
//! A password has a narrow budget, whose refusal is a short wait, and wide ones by network and by account. A
//! browser in which the person signed in before is counted by itself alone, so that no outsider can use up what
//! it needs (S16). Codes have few tries, whoever tries: to get that far one must know the password.

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

/// How long a browser is remembered after its last sign-in.
const DEVICE_LASTS: TimeDelta = TimeDelta::days(90);

/// Why a password or code was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum StaffAttemptRefusal {
    /// Unknown, wrong, disabled, not enrolled: one answer (S12).
    Wrong,
    TooMany {
        retry_after: i64,
    },
    /// The hasher's queue is full (S96).
    Overloaded,
}

/// The browser's memory of who signed in here.
#[derive(Serialize, Deserialize)]
struct StaffBrowserDevice {
    id: String,
    staff: StaffId,
}

/// Whether `typed` is the member's password; the same work for nobody (S13). `key` is the canonical address.
pub(super) async fn check_password(
    visit: &RequestContext,
    member: Option<&StaffMember>,
    key: &str,
    typed: &SecretString,
) -> Result<(), Stop<StaffAttemptRefusal>> {
    let (narrow, wide) = budgets(visit, member, key);
    let counted = wide.iter().map(|budget| budget.id.clone()).collect();
    let (first, all) = (narrow.id.clone(), std::iter::once(narrow).chain(wide).collect());
    take(visit, all).await?;
    let known = member.filter(|member| member.may_come_in());
    let stored = known.and_then(|member| member.password.as_ref());
    let verdict = visit.app.passwords.verify(stored, typed).await.map_err(|stop| match stop {
        Stop::Refused(HasherOverloaded) => Stop::Refused(StaffAttemptRefusal::Overloaded),
        Stop::Fault(fault) => Stop::Fault(fault),
    })?;
    if !matches!(verdict, PasswordVerdict::Match { .. }) {
        return Err(Stop::Refused(StaffAttemptRefusal::Wrong));
    }
    Ok(visit.app.throttle.succeeded(first, counted).await?)
}

/// Takes one of the few tries at a code.
pub(super) async fn count_code(
    visit: &RequestContext,
    staff: &StaffId,
) -> Result<(), Stop<StaffAttemptRefusal>> {
    let policy = &visit.app.config.policy;
    let budget = RateBudget {
        limit: Limit::StaffCodes,
        id: id_of_codes(staff),
        free: policy.codes.tries,
        window: policy.guessing.window,
        then: OverBudget::Wait,
    };
    take(visit, vec![budget]).await
}

/// A code was right: the next one has all its tries.
pub(super) async fn code_was_right(visit: &RequestContext, staff: &StaffId) -> Result<(), Fault> {
    visit.app.throttle.forgive(id_of_codes(staff)).await
}

/// Lets the browser remember that this person signed in here.
pub(super) fn remember_device(
    visit: &RequestContext,
    staff: &StaffId,
) -> Result<Option<OutgoingCookie>, Fault> {
    let device =
        StaffBrowserDevice { id: OpaqueToken::generate()?.expose().to_owned(), staff: staff.clone() };
    Ok(visit.cookies.write(CookieName::StaffDevice, &device, visit.now, DEVICE_LASTS))
}

fn id_of_codes(staff: &StaffId) -> String {
    format!("staff code {staff}")
}

async fn take(visit: &RequestContext, budgets: Vec<RateBudget>) -> Result<(), Stop<StaffAttemptRefusal>> {
    match visit.app.throttle.take(budgets, visit.now).await? {
        rate_limit::RateVerdict::Allowed => Ok(()),
        rate_limit::RateVerdict::Refused { retry_after } => {
            Err(Stop::Refused(StaffAttemptRefusal::TooMany { retry_after }))
        }
    }
}

/// The narrow budget, and the wide ones.
fn budgets(visit: &RequestContext, member: Option<&StaffMember>, key: &str) -> (RateBudget, Vec<RateBudget>) {
    let guessing = &visit.app.config.policy.guessing;
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
    if let Some(device) = member.and_then(|member| known_device(visit, &member.id)) {
        return (narrow(&device), vec![in_a_day(&device)]);
    }
    let account = visit.app.keys.lookup.hash(LookupPurpose::Identifier, &format!("staff {key}"));
    let network = visit.app.keys.lookup.hash(LookupPurpose::Network, &visit.caller.network());
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

fn known_device(visit: &RequestContext, staff: &StaffId) -> Option<String> {
    let device: StaffBrowserDevice =
        visit.cookies.read(&visit.request, CookieName::StaffDevice, visit.now)?;
    let hash = OpaqueToken::parse(&device.id)?.hash();
    (device.staff == *staff).then(|| format!("device {} {staff}", hash.as_str()))
}
