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

const KIND: mail::Kind = mail::Kind::RegistrationCode;

/// Counts one registration, or one request to mail its code again.
pub(super) async fn take_for_mail(context: &RequestContext, email_key: &str) -> Result<RateVerdict, Fault> {
    let of_address = mail::limit_of_network(&context.app, KIND, email_key, &context.caller.network());
    let of_network = RateBudget {
        limit: Limit::Registrations,
        id: format!("register:{}", network(context)),
        free: PER_NETWORK,
        window: TimeDelta::hours(1),
        then: OverBudget::Wait,
    };
    context.app.throttle.take(vec![of_address, of_network], context.now).await
}

/// Counts one mail, and returns whether it may be sent. What strangers have used up is told to nobody (S16).
pub(super) async fn may_send(context: &RequestContext, email_key: &str) -> Result<bool, Fault> {
    mail::may_send_to_typed(&context.app, KIND, email_key, context.now).await
}

/// Counts one try at a code, before it is checked.
///
/// One registration allows a few tries only; this limit is for a network that begins many.
pub(super) async fn take_for_try(context: &RequestContext) -> Result<RateVerdict, Fault> {
    let guessing = &context.app.config.policy.guessing;
    let limit = RateBudget {
        limit: Limit::RegistrationCodes,
        id: format!("register-code:{}", network(context)),
        free: guessing.network_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    };
    context.app.throttle.take(vec![limit], context.now).await
}

fn network(context: &RequestContext) -> String {
    context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network())
}
