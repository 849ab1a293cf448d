//! How often a signed-in player may try a code, a user name, or have us write to an address (S14, S20).

use chrono::TimeDelta;

use crate::outbound::mail;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget};
use crate::web::{CurrentPlayer, RequestContext};

/// New addresses asked for an hour from one network.
const ADDRESSES: u32 = 20;

/// Changes of a user name an hour: each tells whether one name is taken.
const USER_NAMES: u32 = 10;

/// One letter to the address with this key. Taken or free, it costs the same budget.
pub(in crate::accounts) fn letters(visit: &RequestContext, email_key: &str) -> Vec<RateBudget> {
    let network = visit.app.keys.lookup.hash(LookupPurpose::Network, &visit.caller.network());
    let mut budgets = mail::budgets(&visit.app, mail::Kind::EmailCode, email_key);
    budgets.push(hourly(Limit::NewAddresses, format!("addresses network {network}"), ADDRESSES));
    budgets
}

/// One try at a code, whichever it is. A code dies of five; this is for who asks for many.
pub(in crate::accounts) fn codes(visit: &RequestContext, viewer: &CurrentPlayer) -> Vec<RateBudget> {
    let guessing = &visit.app.config.policy.guessing;
    vec![RateBudget {
        limit: Limit::AddressCodes,
        id: code_id(viewer),
        free: guessing.free_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    }]
}

/// The budget that a right code gives back (S15).
pub(in crate::accounts) fn code_id(viewer: &CurrentPlayer) -> String {
    format!("address codes {}", viewer.player.id)
}

/// One new user name (S12: the answer tells whether it is taken).
pub(in crate::accounts) fn user_names(viewer: &CurrentPlayer) -> Vec<RateBudget> {
    vec![hourly(Limit::UserNames, format!("user names {}", viewer.player.id), USER_NAMES)]
}

fn hourly(limit: Limit, id: String, free: u32) -> RateBudget {
    RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}
