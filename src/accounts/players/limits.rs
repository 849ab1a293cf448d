//! Rate limits of a signed-in player, for codes, user names and mails to a new address (S14, S20).

use chrono::TimeDelta;

use crate::outbound::mail;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget};
use crate::web::{CurrentPlayer, RequestContext};

/// New addresses that one network may request in an hour.
const ADDRESSES: u32 = 20;

/// Changes of the user name in an hour. Each answer says whether one name is taken.
const USER_NAMES: u32 = 10;

/// The limits of one mail to the address with this key, whether it is taken or free.
pub(in crate::accounts) fn code_mails(context: &RequestContext, email_key: &str) -> Vec<RateBudget> {
    let network = context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network());
    vec![
        mail::limit_of_network(&context.app, mail::Kind::EmailCode, email_key, &context.caller.network()),
        hourly(Limit::NewAddresses, format!("addresses network {network}"), ADDRESSES),
    ]
}

/// The limit of one try at a code.
///
/// One code allows a few tries only; this limit is for a player who requests many codes.
pub(in crate::accounts) fn codes(
    context: &RequestContext,
    current_player: &CurrentPlayer,
) -> Vec<RateBudget> {
    let guessing = &context.app.config.policy.guessing;
    vec![RateBudget {
        limit: Limit::AddressCodes,
        id: code_id(current_player),
        free: guessing.free_failures,
        window: guessing.window,
        then: OverBudget::Slower,
    }]
}

/// The id of the limit that a right code resets (S15).
pub(in crate::accounts) fn code_id(current_player: &CurrentPlayer) -> String {
    format!("address codes {}", current_player.player.id)
}

/// The limit of one new user name, whose answer says whether it is taken (S12).
pub(in crate::accounts) fn user_names(current_player: &CurrentPlayer) -> Vec<RateBudget> {
    vec![hourly(Limit::UserNames, format!("user names {}", current_player.player.id), USER_NAMES)]
}

fn hourly(limit: Limit, id: String, free: u32) -> RateBudget {
    RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}
