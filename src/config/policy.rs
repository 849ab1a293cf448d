//! Settings of policy for passwords, failed sign-ins and mailed codes. An operator can change them within bounds.
//!
//! Tests read these values and do not repeat the numbers.

use std::path::PathBuf;
use std::thread::available_parallelism;
use std::time::Duration;

use chrono::TimeDelta;

use super::parse::{ParseResult, ParseRules};
use super::reader::SettingReader;
use super::setting::{default, or_else, settings};

settings! {
    #[derive(Debug)]
    pub struct PolicyConfig {
        pub password: PasswordPolicy;
        pub hashing: HashingPolicy;
        pub guessing: GuessingPolicy;
        pub codes: CodePolicy;
    }
}

settings! {
    /// Limits on the length of a password (S1, S3).
    #[derive(Clone, Debug)]
    pub struct PasswordPolicy {
        /// shortest password, in characters
        pub min: usize = DOVETAIL_PASSWORD_MIN, default("15").within("8", "64");
        /// shortest password of a player whose second factor is on, in characters; at most `DOVETAIL_PASSWORD_MIN` counts
        pub min_with_factor: usize = DOVETAIL_PASSWORD_MIN_WITH_FACTOR, default("8").within("8", "64");
        /// shortest password of staff, in characters
        pub staff_min: usize = DOVETAIL_PASSWORD_STAFF_MIN, default("15").within("8", "64");
        /// longest password, in characters
        pub max: usize = DOVETAIL_PASSWORD_MAX, default("256").within("64", "1024");
        /// file of stolen passwords that are refused, built by `dovetail passwords filter`
        pub filter: Option<PathBuf> =
            DOVETAIL_PASSWORD_FILTER, or_else("none: only the built-in list is asked"), by filter_file;
    }
}

settings! {
    /// The cost of one hash, and how many are computed at once (S4, S96).
    #[derive(Clone, Copy, Debug)]
    pub struct HashingPolicy, checked by check_cost {
        /// memory of one hash in KiB; times the passes at least 38912
        pub memory_kib: u32 = DOVETAIL_ARGON2_MEMORY_KIB, default("19456").within("4096", "262144");
        /// passes of one hash
        pub passes: u32 = DOVETAIL_ARGON2_PASSES, default("2").within("1", "10");
        /// lanes of one hash
        pub lanes: u32 = DOVETAIL_ARGON2_LANES, default("1").within("1", "4");
        /// hashes made at once
        permits: Option<usize> = DOVETAIL_HASH_PERMITS, or_else("one per core").within("1", "256");
        /// requests that may wait for one
        pub queue: usize = DOVETAIL_HASH_QUEUE, default("32").within("0", "4096");
        /// how long they wait
        pub wait: Duration = DOVETAIL_HASH_WAIT, default("2s").within("1s", "30s");
    }
}

settings! {
    /// How many failed sign-ins are allowed.
    #[derive(Clone, Copy, Debug)]
    pub struct GuessingPolicy {
        /// wrong sign-ins for one account from one network before each costs time
        pub free_failures: u32 = DOVETAIL_LOGIN_FREE_FAILURES, default("5").within("3", "10");
        /// wrong sign-ins from one network before a mailed code is asked for
        pub network_failures: u32 = DOVETAIL_LOGIN_NETWORK_FAILURES, default("50").within("10", "1000");
        /// wrong sign-ins for one account before a mailed code is asked for
        pub account_failures: u32 = DOVETAIL_LOGIN_ACCOUNT_FAILURES, default("100").within("10", "100");
        /// span of the first two counts
        pub window: TimeDelta = DOVETAIL_LOGIN_WINDOW, default("15min").within("1min", "1d");
        /// span of the third
        pub account_window: TimeDelta = DOVETAIL_LOGIN_ACCOUNT_WINDOW, default("24h").within("1h", "7d");
    }
}

settings! {
    /// Mailed codes and password resets, and how long a registration waits for its code.
    #[derive(Clone, Copy, Debug)]
    pub struct CodePolicy {
        /// how long a mailed code holds
        pub holds_for: TimeDelta = DOVETAIL_MAIL_CODE_TTL, default("1h").within("5min", "1d");
        /// wrong entries before it is dead
        pub tries: u32 = DOVETAIL_MAIL_CODE_TRIES, default("5").within("3", "10");
        /// how long a mailed password reset holds
        pub reset_holds_for: TimeDelta = DOVETAIL_MAIL_RESET_TTL, default("30min").within("5min", "1d");
        /// how long a lost second factor waits, after the mailed link, until it can be turned off
        pub factor_recovery_after: TimeDelta = DOVETAIL_FACTOR_RECOVERY_AFTER, default("72h").within("24h", "30d");
        /// when a registration whose address is not proven is forgotten
        pub registration_waits_for: TimeDelta = DOVETAIL_REGISTRATION_TTL, default("1h").within("5min", "1d");
    }
}

/// Where the filter is. It is opened when the portal starts, and refused then if it is none.
fn filter_file(text: &str, _: ParseRules) -> ParseResult<Option<PathBuf>> {
    let path = PathBuf::from(text);
    if path.is_absolute() { Ok(Some(path)) } else { Err("must be an absolute path".to_owned()) }
}

impl HashingPolicy {
    /// Hashes computed at once.
    pub fn permits(&self) -> usize {
        self.permits.unwrap_or_else(|| available_parallelism().map_or(1, usize::from))
    }

    /// An operator may trade memory for passes, but a guess must not become cheaper.
    fn check_cost(&self, reader: &mut SettingReader) {
        reader.show(&DOVETAIL_HASH_PERMITS, self.permits().to_string());
        let is_costly = self.memory_kib.saturating_mul(self.passes) >= 19_456 * 2;
        let says = "times DOVETAIL_ARGON2_PASSES must be at least 38912";
        reader.demand(&DOVETAIL_ARGON2_MEMORY_KIB, is_costly, says);
    }
}
