//! How much mail may be caused: for one address, and by everybody together (S20).

use chrono::TimeDelta;

use crate::app::App;
use crate::outbound::mail::message::Kind;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget};

/// Letters of one kind to one address within an hour.
const TO_ONE_ADDRESS: u32 = 3;
/// Letters that visitors may cause together within an hour.
const TO_EVERYBODY: u32 = 6_000;

/// To be taken before a letter that a visitor causes. `email_key` is the canonical address (S15), whether
/// or not somebody has it here. Kinds are counted apart, so that whoever spends a stranger's budget for one
/// does not keep that stranger from another (S16).
pub fn budgets(app: &App, kind: Kind, email_key: &str) -> Vec<RateBudget> {
    let address = app.keys.lookup.hash(LookupPurpose::Identifier, email_key);
    let hourly =
        |limit, id, free| RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait };
    vec![
        hourly(Limit::MailsToAddress, format!("mail:{}:{address}", kind.as_str()), TO_ONE_ADDRESS),
        hourly(Limit::MailsToEverybody, "mail:all".to_owned(), TO_EVERYBODY),
    ]
}
