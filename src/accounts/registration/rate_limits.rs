//! Rate limits of registration, for one network and for one address (S14, S20).

use chrono::TimeDelta;

use crate::outbound::mail;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::RequestContext;

/// Registrations, and requests for a new code, from one network in an hour.
///
/// Each costs a hash or a mail. A school or a game night behind one address stays below the limit.
const PER_NETWORK: u32 = 60;

/// Counts one registration, or one request to mail its code again.
pub(super) async fn take_for_mail(visit: &RequestContext, email_key: &str) -> Result<RateVerdict, Fault> {
    let mut limits = mail::limits_of_mail(&visit.app, mail::Kind::RegistrationCode, email_key);
    limits.push(RateBudget {
        limit: Limit::Registrations,
        id: format!("register:{}", network(visit)),
        free: PER_NETWORK,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    });
    visit.app.throttle.take(limits, visit.now).await
}

/// Counts one try at a code, before it is checked.
///
/// One registration allows a few tries only; this limit is for a network that begins many.
pub(super) async fn take_for_try(visit: &RequestContext) -> Result<RateVerdict, Fault> {
    let guessing = &visit.app.config.policy.guessing;
    let limit = RateBudget {
        limit: Limit::RegistrationCodes,
        id: format!("register-code:{}", network(visit)),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    };
    visit.app.throttle.take(vec![limit], visit.now).await
}

fn network(visit: &RequestContext) -> String {
    visit.app.keys.lookup.hash(LookupPurpose::Network, &visit.caller.network())
}
