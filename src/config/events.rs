//! Settings of link events, webhooks and the service API.

use std::time::Duration;

use chrono::TimeDelta;

use super::parse;
use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::{Number, Time};
use super::setting::Setting;
use super::setting::SettingDefault::Value;

/// The feed of link events, its webhooks, and the service API.
#[derive(Clone, Copy, Debug)]
pub struct EventsConfig {
    /// How long an event stays in the feed.
    pub keep: TimeDelta,
    /// Whether webhooks may go to private addresses: always in development, by setting in production.
    pub may_be_private: bool,
    /// How long the whole response of a receiver may take.
    pub webhook_total: Duration,
    /// Number of tries before a delivery is given up.
    pub webhook_tries: i64,
    /// Requests per minute with one service key.
    pub requests_per_minute: u32,
}

const DAY: u64 = 24 * 60 * 60;

static KEEP: Setting =
    Setting::new("DOVETAIL_LINK_EVENTS_KEEP", Value("30d"), "how long link events stay in the feed")
        .within(Time(3 * DAY, 366 * DAY));
static WEBHOOK_PRIVATE: Setting = Setting::new(
    "DOVETAIL_WEBHOOK_PRIVATE",
    Value("off"),
    "`on`: webhooks may go to private addresses in production, too",
);
static WEBHOOK_TOTAL: Setting =
    Setting::new("DOVETAIL_WEBHOOK_TOTAL", Value("10s"), "wait for a whole answer to a webhook")
        .within(Time(1, 60));
static WEBHOOK_TRIES: Setting =
    Setting::new("DOVETAIL_WEBHOOK_TRIES", Value("12"), "tries after which a webhook is a dead letter")
        .within(Number(1, 20));
static SERVICE_RATE: Setting =
    Setting::new("DOVETAIL_SERVICE_RATE", Value("600"), "requests of one service key in a minute")
        .within(Number(10, 1_000_000));

pub(super) static SETTINGS: &[&Setting] =
    &[&KEEP, &WEBHOOK_PRIVATE, &WEBHOOK_TOTAL, &WEBHOOK_TRIES, &SERVICE_RATE];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<EventsConfig> {
    let keep = reader.span(&KEEP);
    let is_private = reader.value(&WEBHOOK_PRIVATE, parse::switch);
    let webhook_total = reader.wait(&WEBHOOK_TOTAL);
    let webhook_tries = reader.number(&WEBHOOK_TRIES);
    let requests_per_minute = reader.number(&SERVICE_RATE);
    Ok(EventsConfig {
        keep: keep?,
        may_be_private: is_private? || !reader.is_production(),
        webhook_total: webhook_total?,
        webhook_tries: webhook_tries?,
        requests_per_minute: requests_per_minute?,
    })
}
