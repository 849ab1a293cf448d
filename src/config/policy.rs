//! Settings of policy for passwords, failed sign-ins and mailed codes. An operator can change them within bounds.
//!
//! Tests read these values and do not repeat the numbers.

use std::thread::available_parallelism;
use std::time::Duration;

use chrono::TimeDelta;

use super::parse;
use super::reader::{ReadResult, SettingReader};
use super::setting::AllowedValues::{Number, Time};
use super::setting::Setting;
use super::setting::SettingDefault::{Value, Words};

/// Rules for passwords, failed sign-ins and mailed codes.
#[derive(Debug)]
pub struct PolicyConfig {
    pub password: PasswordPolicy,
    pub hashing: HashingPolicy,
    pub guessing: GuessingPolicy,
    pub codes: CodePolicy,
}

/// Limits on the length of a password (S1, S3).
#[derive(Clone, Copy, Debug)]
pub struct PasswordPolicy {
    /// In characters.
    pub min: usize,
    /// In characters, for staff.
    pub staff_min: usize,
    /// In characters. A longer password is rejected, never cut.
    pub max: usize,
    /// In bytes of UTF-8: four for each character.
    pub max_bytes: usize,
}

/// The cost of one hash, and how many are computed at once (S4, S96).
#[derive(Clone, Copy, Debug)]
pub struct HashingPolicy {
    pub memory_kib: u32,
    pub passes: u32,
    pub lanes: u32,
    /// Hashes computed at once.
    pub permits: usize,
    /// Requests that may wait for a permit.
    pub queue: usize,
    /// How long such a request waits.
    pub wait: Duration,
}

/// How many failed sign-ins are allowed.
#[derive(Clone, Copy, Debug)]
pub struct GuessingPolicy {
    /// For one account from one network, within `window`.
    pub free_failures: u32,
    /// For one network, within `window`.
    pub network_failures: u32,
    /// For one account, within `account_window`.
    pub account_failures: u32,
    pub window: TimeDelta,
    pub account_window: TimeDelta,
}

/// Mailed codes and password resets, and how long a registration waits for its code.
#[derive(Clone, Copy, Debug)]
pub struct CodePolicy {
    pub holds_for: TimeDelta,
    /// Wrong entries before a code becomes invalid.
    pub tries: u32,
    pub reset_holds_for: TimeDelta,
    pub registration_waits_for: TimeDelta,
}

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

static PASSWORD_MIN: Setting =
    Setting::new("DOVETAIL_PASSWORD_MIN", Value("10"), "shortest password, in characters")
        .within(Number(8, 64));
static PASSWORD_STAFF_MIN: Setting =
    Setting::new("DOVETAIL_PASSWORD_STAFF_MIN", Value("15"), "shortest password of staff, in characters")
        .within(Number(8, 64));
static PASSWORD_MAX: Setting =
    Setting::new("DOVETAIL_PASSWORD_MAX", Value("256"), "longest password, in characters")
        .within(Number(64, 1_024));
static ARGON2_MEMORY: Setting = Setting::new(
    "DOVETAIL_ARGON2_MEMORY_KIB",
    Value("19456"),
    "memory of one hash in KiB; times the passes at least 38912",
)
.within(Number(4_096, 262_144));
static ARGON2_PASSES: Setting =
    Setting::new("DOVETAIL_ARGON2_PASSES", Value("2"), "passes of one hash").within(Number(1, 10));
static ARGON2_LANES: Setting =
    Setting::new("DOVETAIL_ARGON2_LANES", Value("1"), "lanes of one hash").within(Number(1, 4));
static HASH_PERMITS: Setting =
    Setting::new("DOVETAIL_HASH_PERMITS", Words("one per core"), "hashes made at once")
        .within(Number(1, 256));
static HASH_QUEUE: Setting =
    Setting::new("DOVETAIL_HASH_QUEUE", Value("32"), "requests that may wait for one")
        .within(Number(0, 4_096));
static HASH_WAIT: Setting =
    Setting::new("DOVETAIL_HASH_WAIT", Value("2s"), "how long they wait").within(Time(1, 30));
static LOGIN_FREE_FAILURES: Setting = Setting::new(
    "DOVETAIL_LOGIN_FREE_FAILURES",
    Value("5"),
    "wrong sign-ins for one account from one network before each costs time",
)
.within(Number(3, 10));
static LOGIN_NETWORK_FAILURES: Setting = Setting::new(
    "DOVETAIL_LOGIN_NETWORK_FAILURES",
    Value("50"),
    "wrong sign-ins from one network before a mailed code is asked for",
)
.within(Number(10, 1_000));
static LOGIN_ACCOUNT_FAILURES: Setting = Setting::new(
    "DOVETAIL_LOGIN_ACCOUNT_FAILURES",
    Value("100"),
    "wrong sign-ins for one account before a mailed code is asked for",
)
.within(Number(10, 100));
static LOGIN_WINDOW: Setting =
    Setting::new("DOVETAIL_LOGIN_WINDOW", Value("15min"), "span of the first two counts")
        .within(Time(MINUTE, DAY));
static LOGIN_ACCOUNT_WINDOW: Setting =
    Setting::new("DOVETAIL_LOGIN_ACCOUNT_WINDOW", Value("24h"), "span of the third")
        .within(Time(HOUR, 7 * DAY));
static MAIL_CODE_TTL: Setting =
    Setting::new("DOVETAIL_MAIL_CODE_TTL", Value("1h"), "how long a mailed code holds")
        .within(Time(5 * MINUTE, DAY));
static MAIL_CODE_TRIES: Setting =
    Setting::new("DOVETAIL_MAIL_CODE_TRIES", Value("5"), "wrong entries before it is dead")
        .within(Number(3, 10));
static MAIL_RESET_TTL: Setting =
    Setting::new("DOVETAIL_MAIL_RESET_TTL", Value("30min"), "how long a mailed password reset holds")
        .within(Time(5 * MINUTE, DAY));
static REGISTRATION_TTL: Setting = Setting::new(
    "DOVETAIL_REGISTRATION_TTL",
    Value("1h"),
    "when a registration whose address is not proven is forgotten",
)
.within(Time(5 * MINUTE, DAY));

pub(super) static SETTINGS: &[&Setting] = &[
    &PASSWORD_MIN,
    &PASSWORD_STAFF_MIN,
    &PASSWORD_MAX,
    &ARGON2_MEMORY,
    &ARGON2_PASSES,
    &ARGON2_LANES,
    &HASH_PERMITS,
    &HASH_QUEUE,
    &HASH_WAIT,
    &LOGIN_FREE_FAILURES,
    &LOGIN_NETWORK_FAILURES,
    &LOGIN_ACCOUNT_FAILURES,
    &LOGIN_WINDOW,
    &LOGIN_ACCOUNT_WINDOW,
    &MAIL_CODE_TTL,
    &MAIL_CODE_TRIES,
    &MAIL_RESET_TTL,
    &REGISTRATION_TTL,
];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<PolicyConfig> {
    let password = password(reader);
    let hashing = hashing(reader);
    let guessing = guessing(reader);
    let codes = codes(reader);
    Ok(PolicyConfig { password: password?, hashing: hashing?, guessing: guessing?, codes: codes? })
}

fn password(reader: &mut SettingReader) -> ReadResult<PasswordPolicy> {
    let min = reader.number(&PASSWORD_MIN);
    let staff_min = reader.number(&PASSWORD_STAFF_MIN);
    let max: ReadResult<usize> = reader.number(&PASSWORD_MAX);
    let max = max?;
    Ok(PasswordPolicy { min: min?, staff_min: staff_min?, max, max_bytes: 4 * max })
}

fn hashing(reader: &mut SettingReader) -> ReadResult<HashingPolicy> {
    let memory_kib: ReadResult<u32> = reader.number(&ARGON2_MEMORY);
    let passes: ReadResult<u32> = reader.number(&ARGON2_PASSES);
    let lanes = reader.number(&ARGON2_LANES);
    let permits = permits(reader);
    let queue = reader.number(&HASH_QUEUE);
    let wait = reader.wait(&HASH_WAIT);
    let (memory_kib, passes) = (memory_kib?, passes?);
    // An operator may trade memory for passes, but a guess must not become cheaper.
    let is_costly = memory_kib.saturating_mul(passes) >= 19_456 * 2;
    reader.demand(&ARGON2_MEMORY, is_costly, "times DOVETAIL_ARGON2_PASSES must be at least 38912")?;
    Ok(HashingPolicy { memory_kib, passes, lanes: lanes?, permits: permits?, queue: queue?, wait: wait? })
}

fn permits(reader: &mut SettingReader) -> ReadResult<usize> {
    if reader.optional(&HASH_PERMITS, parse::number)?.is_some() {
        return reader.number(&HASH_PERMITS);
    }
    let cores = available_parallelism().map_or(1, usize::from);
    reader.show(&HASH_PERMITS, cores.to_string());
    Ok(cores)
}

fn guessing(reader: &mut SettingReader) -> ReadResult<GuessingPolicy> {
    let free_failures = reader.number(&LOGIN_FREE_FAILURES);
    let network_failures = reader.number(&LOGIN_NETWORK_FAILURES);
    let account_failures = reader.number(&LOGIN_ACCOUNT_FAILURES);
    let window = reader.span(&LOGIN_WINDOW);
    let account_window = reader.span(&LOGIN_ACCOUNT_WINDOW);
    Ok(GuessingPolicy {
        free_failures: free_failures?,
        network_failures: network_failures?,
        account_failures: account_failures?,
        window: window?,
        account_window: account_window?,
    })
}

fn codes(reader: &mut SettingReader) -> ReadResult<CodePolicy> {
    let holds_for = reader.span(&MAIL_CODE_TTL);
    let tries = reader.number(&MAIL_CODE_TRIES);
    let reset_holds_for = reader.span(&MAIL_RESET_TTL);
    let registration_waits_for = reader.span(&REGISTRATION_TTL);
    Ok(CodePolicy {
        holds_for: holds_for?,
        tries: tries?,
        reset_holds_for: reset_holds_for?,
        registration_waits_for: registration_waits_for?,
    })
}
