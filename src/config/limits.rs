//! Limits on time, size and number, for Amazon, browsers and games.

use std::time::Duration;

use chrono::TimeDelta;

use super::parse::{ParseResult, ParseRules, SettingValue, bytes};
use super::reader::SettingReader;
use super::setting::{default, settings};

settings! {
    #[derive(Debug)]
    pub struct LimitsConfig, checked by check_lease {
        /// `off` only in development, for load tests
        pub is_throttled: bool = DOVETAIL_THROTTLE, default("on"), by throttle;
        pub upstream: UpstreamLimits;
        pub refresh: RefreshLimits;
        pub socket: SocketLimits;
        pub request: RequestLimits;
        /// time for open requests when stopping
        pub shutdown_grace: Duration = DOVETAIL_SHUTDOWN_GRACE, default("20s").within("1s", "10min");
    }
}

settings! {
    /// Calls to Amazon.
    #[derive(Clone, Copy, Debug)]
    pub struct UpstreamLimits, checked by check_connect {
        /// wait for a connection to Amazon
        pub connect: Duration = DOVETAIL_UPSTREAM_CONNECT, default("2s").within("1s", "30s");
        /// wait for a whole answer of Amazon
        pub total: Duration = DOVETAIL_UPSTREAM_TOTAL, default("5s").within("1s", "1min");
        /// largest answer of Amazon
        pub body: usize = DOVETAIL_UPSTREAM_BODY, default("64KiB").within("4KiB", "1MiB"), by bytes;
    }
}

settings! {
    /// Renewal of Amazon's tokens.
    #[derive(Clone, Copy, Debug)]
    pub struct RefreshLimits {
        /// how long before its end a token is renewed that a game server asks for
        pub skew: TimeDelta = DOVETAIL_REFRESH_SKEW, default("120s").within("10s", "30min");
        /// how long one worker owns a renewal; longer than the wait for Amazon
        pub lease: TimeDelta = DOVETAIL_REFRESH_LEASE, default("15s").within("2s", "10min");
        /// `off`: links are renewed only when a game asks, and a withdrawn consent shows only then
        pub is_on: bool = DOVETAIL_REFRESH, default("on");
        /// how long a link may go unchecked
        pub check_every: TimeDelta = DOVETAIL_REFRESH_CHECK_EVERY, default("24h").within("5min", "30d");
        // Fewer than the calls to Amazon under way in all, so that a sign-in gets a call during a batch.
        /// links the background pass asks Amazon about at once
        pub concurrency: usize = DOVETAIL_REFRESH_CONCURRENCY, default("16").within("1", "24");
    }
}

settings! {
    /// A game's socket.
    #[derive(Clone, Copy, Debug)]
    pub struct SocketLimits, checked by check_messages {
        /// largest message of a game
        pub message: usize = DOVETAIL_WS_MESSAGE, default("256KiB").within("1KiB", "4MiB"), by bytes;
        /// the same before a player is signed in
        pub anonymous_message: usize =
            DOVETAIL_WS_MESSAGE_ANONYMOUS, default("16KiB").within("1KiB", "1MiB"), by bytes;
        /// when a silent socket is closed
        pub idle: Duration = DOVETAIL_WS_IDLE, default("90s").within("90s", "1h");
        /// time to show a credential
        pub handshake: Duration = DOVETAIL_WS_HANDSHAKE, default("10s").within("1s", "1min");
        /// when a socket without a player is closed
        pub anonymous: Duration = DOVETAIL_WS_ANONYMOUS, default("15min").within("1min", "1d");
        /// messages a second on one socket
        pub messages_per_second: u32 = DOVETAIL_WS_RATE, default("20").within("1", "1000");
        /// messages at once on one socket
        pub burst: u32 = DOVETAIL_WS_BURST, default("40").within("1", "10000");
        /// sockets of one player
        pub per_player: u32 = DOVETAIL_WS_PER_PLAYER, default("5").within("1", "100");
    }
}

settings! {
    /// A browser's request.
    #[derive(Clone, Copy, Debug)]
    pub struct RequestLimits {
        /// longest address of a request
        pub target: usize = DOVETAIL_HTTP_TARGET, default("8KiB").within("2KiB", "64KiB"), by bytes;
        /// largest form
        pub form: usize = DOVETAIL_HTTP_FORM, default("16KiB").within("4KiB", "1MiB"), by bytes;
        /// time for a body to arrive
        pub body_deadline: Duration = DOVETAIL_HTTP_BODY_DEADLINE, default("10s").within("1s", "1min");
    }
}

fn throttle(text: &str, rules: ParseRules) -> ParseResult<bool> {
    let is_throttled = bool::parse(text, rules)?;
    if is_throttled || !rules.is_production {
        Ok(is_throttled)
    } else {
        Err("must be on in production".to_owned())
    }
}

impl LimitsConfig {
    /// If a lease ended during the call, two workers could spend one refresh token.
    fn check_lease(&self, reader: &mut SettingReader) {
        let is_longer = self.refresh.lease.to_std().is_ok_and(|lease| lease > self.upstream.total);
        reader.demand(&DOVETAIL_REFRESH_LEASE, is_longer, "must be longer than DOVETAIL_UPSTREAM_TOTAL");
    }
}

impl UpstreamLimits {
    fn check_connect(&self, reader: &mut SettingReader) {
        let is_shorter = self.connect <= self.total;
        reader.demand(
            &DOVETAIL_UPSTREAM_CONNECT,
            is_shorter,
            "must not be longer than DOVETAIL_UPSTREAM_TOTAL",
        );
    }
}

impl SocketLimits {
    fn check_messages(&self, reader: &mut SettingReader) {
        let is_smaller = self.anonymous_message <= self.message;
        let says = "must not be larger than DOVETAIL_WS_MESSAGE";
        reader.demand(&DOVETAIL_WS_MESSAGE_ANONYMOUS, is_smaller, says);
    }
}
