//! Lifetimes of sessions, proofs of identity and attempts.

use chrono::TimeDelta;

use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::{Number, Time};
use super::setting::Setting;
use super::setting::SettingDefault::Value;

#[derive(Debug)]
pub struct SessionsConfig {
    pub player: SessionLifetime,
    /// After "keep me signed in".
    pub remembered: SessionLifetime,
    pub staff: SessionLifetime,
    /// The `authToken` of the game API.
    pub game_token: SessionLifetime,
    /// Sessions of one player. One more ends the oldest.
    pub per_player: u32,
    pub per_agent: u32,
    /// How long a re-entered credential counts as fresh (`fresh_auth`).
    pub fresh_for: TimeDelta,
    pub staff_fresh_for: TimeDelta,
    /// How long an attempt may take.
    pub attempt_holds_for: TimeDelta,
    /// Attempts that one browser may have open.
    pub attempts_per_browser: u32,
}

/// The two limits of a session. The earlier one ends it.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    /// Since the session was last used.
    pub idle: TimeDelta,
    /// Since the session was created.
    pub max: TimeDelta,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

static IDLE: Setting = Setting::new("DOVETAIL_SESSION_IDLE", Value("2h"), "when an unused session ends")
    .within(Time(MINUTE, 30 * DAY));
static MAX: Setting = Setting::new("DOVETAIL_SESSION_MAX", Value("24h"), "when any session ends")
    .within(Time(MINUTE, 30 * DAY));
static REMEMBERED_IDLE: Setting = Setting::new(
    "DOVETAIL_SESSION_REMEMBERED_IDLE",
    Value("14d"),
    "when an unused one ends after \"keep me signed in\"",
)
.within(Time(MINUTE, 30 * DAY));
static REMEMBERED_MAX: Setting = Setting::new(
    "DOVETAIL_SESSION_REMEMBERED_MAX",
    Value("30d"),
    "when any one ends after \"keep me signed in\"",
)
.within(Time(MINUTE, 30 * DAY));
static STAFF_IDLE: Setting =
    Setting::new("DOVETAIL_SESSION_STAFF_IDLE", Value("15min"), "when an unused session of staff ends")
        .within(Time(MINUTE, DAY));
static STAFF_MAX: Setting =
    Setting::new("DOVETAIL_SESSION_STAFF_MAX", Value("8h"), "when any session of staff ends")
        .within(Time(MINUTE, DAY));
static PER_PLAYER: Setting =
    Setting::new("DOVETAIL_SESSION_PER_PLAYER", Value("20"), "sessions of one player; the oldest goes")
        .within(Number(1, 100));
static PER_AGENT: Setting =
    Setting::new("DOVETAIL_SESSION_PER_AGENT", Value("3"), "sessions of one member of staff")
        .within(Number(1, 20));
static FRESH_AUTH: Setting = Setting::new(
    "DOVETAIL_FRESH_AUTH",
    Value("10min"),
    "how long a proof of identity counts for linking and unlinking",
)
.within(Time(MINUTE, 30 * MINUTE));
static FRESH_AUTH_STAFF: Setting =
    Setting::new("DOVETAIL_FRESH_AUTH_STAFF", Value("5min"), "how long it counts for staff")
        .within(Time(MINUTE, 30 * MINUTE));
static FLOW_TTL: Setting =
    Setting::new("DOVETAIL_FLOW_TTL", Value("10min"), "how long a trip to Amazon may take")
        .within(Time(MINUTE, 30 * MINUTE));
static FLOW_OPEN: Setting =
    Setting::new("DOVETAIL_FLOW_OPEN", Value("5"), "trips that one browser may have open")
        .within(Number(1, 20));
static API_TOKEN_IDLE: Setting =
    Setting::new("DOVETAIL_API_TOKEN_IDLE", Value("7d"), "when an unused `authToken` of a game ends")
        .within(Time(HOUR, 90 * DAY));
static API_TOKEN_MAX: Setting =
    Setting::new("DOVETAIL_API_TOKEN_MAX", Value("30d"), "when any `authToken` ends")
        .within(Time(HOUR, 90 * DAY));

pub(super) static SETTINGS: &[&Setting] = &[
    &IDLE,
    &MAX,
    &REMEMBERED_IDLE,
    &REMEMBERED_MAX,
    &STAFF_IDLE,
    &STAFF_MAX,
    &PER_PLAYER,
    &PER_AGENT,
    &FRESH_AUTH,
    &FRESH_AUTH_STAFF,
    &FLOW_TTL,
    &FLOW_OPEN,
    &API_TOKEN_IDLE,
    &API_TOKEN_MAX,
];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<SessionsConfig> {
    let player = lifetime(reader, &IDLE, &MAX);
    let remembered = lifetime(reader, &REMEMBERED_IDLE, &REMEMBERED_MAX);
    let staff = lifetime(reader, &STAFF_IDLE, &STAFF_MAX);
    let game_token = lifetime(reader, &API_TOKEN_IDLE, &API_TOKEN_MAX);
    let per_player = reader.number(&PER_PLAYER);
    let per_agent = reader.number(&PER_AGENT);
    let fresh_for = reader.span(&FRESH_AUTH);
    let staff_fresh_for = reader.span(&FRESH_AUTH_STAFF);
    let attempt_holds_for = reader.span(&FLOW_TTL);
    let attempts_per_browser = reader.number(&FLOW_OPEN);
    Ok(SessionsConfig {
        player: player?,
        remembered: remembered?,
        staff: staff?,
        game_token: game_token?,
        per_player: per_player?,
        per_agent: per_agent?,
        fresh_for: fresh_for?,
        staff_fresh_for: staff_fresh_for?,
        attempt_holds_for: attempt_holds_for?,
        attempts_per_browser: attempts_per_browser?,
    })
}

fn lifetime(
    reader: &mut SettingReader,
    idle: &'static Setting,
    max: &'static Setting,
) -> ReadResult<SessionLifetime> {
    let idle_for = reader.span(idle);
    let max_for = reader.span(max);
    let (idle_for, max_for) = (idle_for?, max_for?);
    if idle_for > max_for {
        return Err(reader.refuse(idle, format!("must not be longer than {}", max.name)));
    }
    Ok(SessionLifetime { idle: idle_for, max: max_for })
}
