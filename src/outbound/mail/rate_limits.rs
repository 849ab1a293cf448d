//! Rate limits of mail: for each address, and for all mail together (S20).
//!
//! Whoever asks too often from one network is refused. What others have used up refuses nobody: the answer is the
//! same, and only the mail is not sent (S16).

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::outbound::mail::message::Kind;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::Fault;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// Mails of one kind to one address that one network may cause within an hour.
const FROM_ONE_NETWORK: u32 = 3;
/// Mails of one kind to one address that all networks may cause within an hour.
const TO_ONE_ADDRESS: u32 = 12;
/// Mails to addresses that visitors type, within an hour. The rest of the ceiling stays for players.
const TO_TYPED_ADDRESSES: u32 = 6_000;
/// Mails of all kinds that visitors may cause together within an hour.
const TO_EVERYBODY: u32 = 12_000;

/// The rate limit to count against before a visitor in `network` causes a mail to a typed address.
///
/// `email_key` is the canonical address (S15), with or without an account. Each kind counts by itself, so exhausting
/// one kind for a stranger leaves the others (S16).
pub fn limit_of_network(app: &App, kind: Kind, email_key: &str, network: &str) -> RateBudget {
    let network = app.keys.lookup.hash(LookupPurpose::Network, network);
    let id = format!("mail:{}:{}:{network}", kind.as_str(), address_hash(app, email_key));
    hourly(Limit::MailsToAddress, id, FROM_ONE_NETWORK)
}

/// Counts one mail to a typed address, and returns whether it may be sent. If not, nobody is told.
pub async fn may_send_to_typed(
    app: &App,
    kind: Kind,
    email_key: &str,
    at: DateTime<Utc>,
) -> Result<bool, Fault> {
    let id = format!("mail:{}:{}", kind.as_str(), address_hash(app, email_key));
    let limits = vec![
        hourly(Limit::MailsToAddress, id, TO_ONE_ADDRESS),
        hourly(Limit::MailsToEverybody, "mail:typed".to_owned(), TO_TYPED_ADDRESSES),
        ceiling("mail:all"),
    ];
    Ok(app.throttle.take(limits, at).await? == RateVerdict::Allowed)
}

/// Counts one mail to a player, and returns whether it may be sent. If not, nobody is told.
///
/// Where there is nobody to mail to, the work is the same, and the mails of others are not used up.
pub async fn may_send_to_player(app: &App, is_there: bool, at: DateTime<Utc>) -> Result<bool, Fault> {
    let limit = ceiling(if is_there { "mail:all" } else { "mail:nobody" });
    Ok(app.throttle.take(vec![limit], at).await? == RateVerdict::Allowed)
}

fn ceiling(id: &str) -> RateBudget {
    hourly(Limit::MailsToEverybody, id.to_owned(), TO_EVERYBODY)
}

fn address_hash(app: &App, email_key: &str) -> String {
    app.keys.lookup.hash(LookupPurpose::Identifier, email_key)
}

fn hourly(limit: Limit, id: String, free: u32) -> RateBudget {
    RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}
