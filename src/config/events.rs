//! Settings of link events, webhooks and the service API.

use std::time::Duration;

use chrono::TimeDelta;

use super::parse::{ParseResult, ParseRules, SettingValue};
use super::setting::{default, settings};

settings! {
    /// The feed of link events, its webhooks, and the service API.
    #[derive(Clone, Copy, Debug)]
    pub struct EventsConfig {
        /// how long link events stay in the feed
        pub keep: TimeDelta = DOVETAIL_LINK_EVENTS_KEEP, default("30d").within("3d", "366d");
        /// `on`: webhooks may go to private addresses in production, too
        pub may_be_private: bool = DOVETAIL_WEBHOOK_PRIVATE, default("off"), by on_or_development;
        /// wait for a whole answer to a webhook
        pub webhook_total: Duration = DOVETAIL_WEBHOOK_TOTAL, default("10s").within("1s", "1min");
        /// tries after which a webhook is a dead letter
        pub webhook_tries: u32 = DOVETAIL_WEBHOOK_TRIES, default("12").within("1", "20");
        /// requests of one service key in a minute
        pub requests_per_minute: u32 = DOVETAIL_SERVICE_RATE, default("600").within("10", "1000000");
    }
}

fn on_or_development(text: &str, rules: ParseRules) -> ParseResult<bool> {
    bool::parse(text, rules).map(|is_on| is_on || !rules.is_production)
}
