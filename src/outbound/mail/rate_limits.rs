//! Rate limits of mail: for each address, and for all mail of visitors together (S20).

use chrono::TimeDelta;

use crate::app::App;
use crate::outbound::mail::message::Kind;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget};

/// Mails of one kind to one address within an hour.
const TO_ONE_ADDRESS: u32 = 3;
/// Mails that visitors may cause together within an hour.
const TO_EVERYBODY: u32 = 6_000;

/// The rate limits to count against before a visitor causes a mail.
///
/// `email_key` is the canonical address (S15), with or without an account. Each kind counts by itself, so exhausting
/// one kind for a stranger leaves the others (S16).
pub fn limits_of_mail(app: &App, kind: Kind, email_key: &str) -> Vec<RateBudget> {
    let address = app.keys.lookup.hash(LookupPurpose::Identifier, email_key);
    let hourly =
        |limit, id, free| RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait };
    vec![
        hourly(Limit::MailsToAddress, format!("mail:{}:{address}", kind.as_str()), TO_ONE_ADDRESS),
        hourly(Limit::MailsToEverybody, "mail:all".to_owned(), TO_EVERYBODY),
    ]
}
