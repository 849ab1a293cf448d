//! Limits on time, size and number, for Amazon, browsers and games.

use std::time::Duration;

use chrono::TimeDelta;

use super::parse;
use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::{Number, Size, Time};
use super::setting::Setting;
use super::setting::SettingDefault::Value;

#[derive(Debug)]
pub struct LimitsConfig {
    /// Whether requests and connections are limited. Off only for load tests in development.
    pub is_throttled: bool,
    pub upstream: UpstreamLimits,
    pub refresh: RefreshLimits,
    pub socket: SocketLimits,
    pub request: RequestLimits,
    /// How long open requests may take after the program was asked to stop.
    pub shutdown_grace: Duration,
}

/// Calls to Amazon.
#[derive(Clone, Copy, Debug)]
pub struct UpstreamLimits {
    pub connect: Duration,
    pub total: Duration,
    /// In bytes.
    pub body: usize,
}

/// Renewal of Amazon's tokens.
#[derive(Clone, Copy, Debug)]
pub struct RefreshLimits {
    /// How long before its expiry a token is renewed.
    pub skew: TimeDelta,
    /// How long one worker owns a renewal; longer than a call to Amazon may take.
    pub lease: TimeDelta,
    /// Whether links are checked in the background, without a request for their token.
    pub is_on: bool,
    /// The longest time between two checks of a link.
    pub check_every: TimeDelta,
    /// Calls to Amazon that a background batch has under way at once.
    pub concurrency: usize,
}

/// A game's socket.
#[derive(Clone, Copy, Debug)]
pub struct SocketLimits {
    /// The largest message, in bytes.
    pub message: usize,
    /// The largest message before a player is signed in, in bytes.
    pub anonymous_message: usize,
    pub idle: Duration,
    pub handshake: Duration,
    /// How long the socket may stay open without a player.
    pub anonymous: Duration,
    pub messages_per_second: u32,
    pub burst: u32,
    pub per_player: u32,
}

/// A browser's request; sizes in bytes.
#[derive(Clone, Copy, Debug)]
pub struct RequestLimits {
    pub target: usize,
    pub form: usize,
    /// How long a body may take to arrive.
    pub body_deadline: Duration,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const KIB: u64 = 1 << 10;
const MIB: u64 = 1 << 20;

static THROTTLE: Setting =
    Setting::new("DOVETAIL_THROTTLE", Value("on"), "`off` only in development, for load tests");
static UPSTREAM_CONNECT: Setting =
    Setting::new("DOVETAIL_UPSTREAM_CONNECT", Value("2s"), "wait for a connection to Amazon")
        .within(Time(1, 30));
static UPSTREAM_TOTAL: Setting =
    Setting::new("DOVETAIL_UPSTREAM_TOTAL", Value("5s"), "wait for a whole answer of Amazon")
        .within(Time(1, 60));
static UPSTREAM_BODY: Setting =
    Setting::new("DOVETAIL_UPSTREAM_BODY", Value("64KiB"), "largest answer of Amazon")
        .within(Size(4 * KIB, MIB));
static REFRESH_SKEW: Setting =
    Setting::new("DOVETAIL_REFRESH_SKEW", Value("120s"), "how long before its end a token is renewed")
        .within(Time(10, 30 * MINUTE));
static REFRESH_LEASE: Setting = Setting::new(
    "DOVETAIL_REFRESH_LEASE",
    Value("15s"),
    "how long one worker owns a renewal; longer than the wait for Amazon",
)
.within(Time(2, 10 * MINUTE));
static REFRESH: Setting = Setting::new(
    "DOVETAIL_REFRESH",
    Value("on"),
    "`off`: links are renewed only when a game asks, and a withdrawn consent shows only then",
);
static REFRESH_CHECK_EVERY: Setting =
    Setting::new("DOVETAIL_REFRESH_CHECK_EVERY", Value("24h"), "how long a link may go unchecked")
        .within(Time(5 * MINUTE, 30 * 24 * HOUR));
// Fewer than the calls to Amazon under way in all, so that a sign-in gets a call during a batch.
static REFRESH_CONCURRENCY: Setting = Setting::new(
    "DOVETAIL_REFRESH_CONCURRENCY",
    Value("16"),
    "links the background pass asks Amazon about at once",
)
.within(Number(1, 24));
static WS_MESSAGE: Setting =
    Setting::new("DOVETAIL_WS_MESSAGE", Value("256KiB"), "largest message of a game")
        .within(Size(KIB, 4 * MIB));
static WS_MESSAGE_ANONYMOUS: Setting =
    Setting::new("DOVETAIL_WS_MESSAGE_ANONYMOUS", Value("16KiB"), "the same before a player is signed in")
        .within(Size(KIB, MIB));
static WS_IDLE: Setting =
    Setting::new("DOVETAIL_WS_IDLE", Value("90s"), "when a silent socket is closed").within(Time(90, HOUR));
static WS_HANDSHAKE: Setting =
    Setting::new("DOVETAIL_WS_HANDSHAKE", Value("10s"), "time to show a credential").within(Time(1, 60));
static WS_ANONYMOUS: Setting =
    Setting::new("DOVETAIL_WS_ANONYMOUS", Value("15min"), "when a socket without a player is closed")
        .within(Time(MINUTE, 24 * HOUR));
static WS_RATE: Setting =
    Setting::new("DOVETAIL_WS_RATE", Value("20"), "messages a second on one socket").within(Number(1, 1_000));
static WS_BURST: Setting = Setting::new("DOVETAIL_WS_BURST", Value("40"), "messages at once on one socket")
    .within(Number(1, 10_000));
static WS_PER_PLAYER: Setting =
    Setting::new("DOVETAIL_WS_PER_PLAYER", Value("5"), "sockets of one player").within(Number(1, 100));
static HTTP_TARGET: Setting =
    Setting::new("DOVETAIL_HTTP_TARGET", Value("8KiB"), "longest address of a request")
        .within(Size(2 * KIB, 64 * KIB));
static HTTP_FORM: Setting =
    Setting::new("DOVETAIL_HTTP_FORM", Value("16KiB"), "largest form").within(Size(4 * KIB, MIB));
static HTTP_BODY_DEADLINE: Setting =
    Setting::new("DOVETAIL_HTTP_BODY_DEADLINE", Value("10s"), "time for a body to arrive")
        .within(Time(1, 60));
static SHUTDOWN_GRACE: Setting =
    Setting::new("DOVETAIL_SHUTDOWN_GRACE", Value("20s"), "time for open requests when stopping")
        .within(Time(1, 10 * MINUTE));

pub(super) static SETTINGS: &[&Setting] = &[
    &THROTTLE,
    &UPSTREAM_CONNECT,
    &UPSTREAM_TOTAL,
    &UPSTREAM_BODY,
    &REFRESH_SKEW,
    &REFRESH_LEASE,
    &REFRESH,
    &REFRESH_CHECK_EVERY,
    &REFRESH_CONCURRENCY,
    &WS_MESSAGE,
    &WS_MESSAGE_ANONYMOUS,
    &WS_IDLE,
    &WS_HANDSHAKE,
    &WS_ANONYMOUS,
    &WS_RATE,
    &WS_BURST,
    &WS_PER_PLAYER,
    &HTTP_TARGET,
    &HTTP_FORM,
    &HTTP_BODY_DEADLINE,
    &SHUTDOWN_GRACE,
];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<LimitsConfig> {
    let is_throttled = throttle(reader);
    let upstream = upstream(reader);
    let refresh = refresh(reader, upstream.as_ref().ok());
    let socket = socket(reader);
    let request = request(reader);
    let shutdown_grace = reader.wait(&SHUTDOWN_GRACE);
    Ok(LimitsConfig {
        is_throttled: is_throttled?,
        upstream: upstream?,
        refresh: refresh?,
        socket: socket?,
        request: request?,
        shutdown_grace: shutdown_grace?,
    })
}

fn throttle(reader: &mut SettingReader) -> ReadResult<bool> {
    let is_throttled = reader.value(&THROTTLE, parse::switch)?;
    let is_allowed = is_throttled || !reader.is_production();
    reader.demand(&THROTTLE, is_allowed, "must be on in production")?;
    Ok(is_throttled)
}

fn upstream(reader: &mut SettingReader) -> ReadResult<UpstreamLimits> {
    let connect = reader.wait(&UPSTREAM_CONNECT);
    let total = reader.wait(&UPSTREAM_TOTAL);
    let body = reader.number(&UPSTREAM_BODY);
    let (connect, total) = (connect?, total?);
    reader.demand(&UPSTREAM_CONNECT, connect <= total, "must not be longer than DOVETAIL_UPSTREAM_TOTAL")?;
    Ok(UpstreamLimits { connect, total, body: body? })
}

fn refresh(reader: &mut SettingReader, upstream: Option<&UpstreamLimits>) -> ReadResult<RefreshLimits> {
    let skew = reader.span(&REFRESH_SKEW);
    let is_on = reader.value(&REFRESH, parse::switch);
    let check_every = reader.span(&REFRESH_CHECK_EVERY);
    let concurrency = reader.number(&REFRESH_CONCURRENCY);
    let lease = reader.wait(&REFRESH_LEASE)?;
    // If a lease ended during the call, two workers could spend one refresh token.
    let is_longer = upstream.is_none_or(|upstream| lease > upstream.total);
    reader.demand(&REFRESH_LEASE, is_longer, "must be longer than DOVETAIL_UPSTREAM_TOTAL")?;
    Ok(RefreshLimits {
        skew: skew?,
        lease: TimeDelta::from_std(lease).unwrap_or_default(),
        is_on: is_on?,
        check_every: check_every?,
        concurrency: concurrency?,
    })
}

fn socket(reader: &mut SettingReader) -> ReadResult<SocketLimits> {
    let message: ReadResult<usize> = reader.number(&WS_MESSAGE);
    let anonymous_message = reader.number(&WS_MESSAGE_ANONYMOUS);
    let idle = reader.wait(&WS_IDLE);
    let handshake = reader.wait(&WS_HANDSHAKE);
    let anonymous = reader.wait(&WS_ANONYMOUS);
    let messages_per_second = reader.number(&WS_RATE);
    let burst = reader.number(&WS_BURST);
    let per_player = reader.number(&WS_PER_PLAYER);
    let (message, anonymous_message) = (message?, anonymous_message?);
    let is_smaller = anonymous_message <= message;
    reader.demand(&WS_MESSAGE_ANONYMOUS, is_smaller, "must not be larger than DOVETAIL_WS_MESSAGE")?;
    Ok(SocketLimits {
        message,
        anonymous_message,
        idle: idle?,
        handshake: handshake?,
        anonymous: anonymous?,
        messages_per_second: messages_per_second?,
        burst: burst?,
        per_player: per_player?,
    })
}

fn request(reader: &mut SettingReader) -> ReadResult<RequestLimits> {
    let target = reader.number(&HTTP_TARGET);
    let form = reader.number(&HTTP_FORM);
    let body_deadline = reader.wait(&HTTP_BODY_DEADLINE);
    Ok(RequestLimits { target: target?, form: form?, body_deadline: body_deadline? })
}
