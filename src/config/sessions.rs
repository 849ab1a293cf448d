//! Lifetimes of sessions, proofs of identity and attempts.

use chrono::TimeDelta;

use super::reader::SettingReader;
use super::setting::{default, settings};

settings! {
    #[derive(Debug)]
    pub struct SessionsConfig, checked by check_lifetimes {
        /// when an unused session ends
        idle: TimeDelta = DOVETAIL_SESSION_IDLE, default("2h").within("1min", "30d");
        /// when any session ends
        max: TimeDelta = DOVETAIL_SESSION_MAX, default("24h").within("1min", "30d");
        /// when an unused one ends after "keep me signed in"
        remembered_idle: TimeDelta =
            DOVETAIL_SESSION_REMEMBERED_IDLE, default("14d").within("1min", "30d");
        /// when any one ends after "keep me signed in"
        remembered_max: TimeDelta = DOVETAIL_SESSION_REMEMBERED_MAX, default("30d").within("1min", "30d");
        /// when an unused session of staff ends
        staff_idle: TimeDelta = DOVETAIL_SESSION_STAFF_IDLE, default("15min").within("1min", "1d");
        /// when any session of staff ends
        staff_max: TimeDelta = DOVETAIL_SESSION_STAFF_MAX, default("8h").within("1min", "1d");
        /// sessions of one player; the oldest goes
        pub per_player: u32 = DOVETAIL_SESSION_PER_PLAYER, default("20").within("1", "100");
        /// sessions of one member of staff
        pub per_agent: u32 = DOVETAIL_SESSION_PER_AGENT, default("3").within("1", "20");
        /// how long a proof of identity counts for linking and unlinking
        pub fresh_for: TimeDelta = DOVETAIL_FRESH_AUTH, default("10min").within("1min", "30min");
        /// how long it counts for staff
        pub staff_fresh_for: TimeDelta = DOVETAIL_FRESH_AUTH_STAFF, default("5min").within("1min", "30min");
        /// how long a trip to Amazon may take
        pub attempt_holds_for: TimeDelta = DOVETAIL_FLOW_TTL, default("10min").within("1min", "30min");
        /// trips that one browser may have open
        pub attempts_per_browser: u32 = DOVETAIL_FLOW_OPEN, default("5").within("1", "20");
        /// when an unused `authToken` of a game ends
        game_token_idle: TimeDelta = DOVETAIL_API_TOKEN_IDLE, default("7d").within("1h", "90d");
        /// when any `authToken` ends
        game_token_max: TimeDelta = DOVETAIL_API_TOKEN_MAX, default("30d").within("1h", "90d");
    }
}

/// The two limits of a session. The earlier one ends it.
#[derive(Clone, Copy, Debug)]
pub struct SessionLifetime {
    /// Since the session was last used.
    pub idle: TimeDelta,
    /// Since the session was created.
    pub max: TimeDelta,
}

impl SessionsConfig {
    pub fn player(&self) -> SessionLifetime {
        SessionLifetime { idle: self.idle, max: self.max }
    }

    /// After "keep me signed in".
    pub fn remembered(&self) -> SessionLifetime {
        SessionLifetime { idle: self.remembered_idle, max: self.remembered_max }
    }

    pub fn staff(&self) -> SessionLifetime {
        SessionLifetime { idle: self.staff_idle, max: self.staff_max }
    }

    /// The `authToken` of the game API.
    pub fn game_token(&self) -> SessionLifetime {
        SessionLifetime { idle: self.game_token_idle, max: self.game_token_max }
    }

    fn check_lifetimes(&self, reader: &mut SettingReader) {
        for (lifetime, idle, max) in [
            (self.player(), &DOVETAIL_SESSION_IDLE, &DOVETAIL_SESSION_MAX),
            (self.remembered(), &DOVETAIL_SESSION_REMEMBERED_IDLE, &DOVETAIL_SESSION_REMEMBERED_MAX),
            (self.staff(), &DOVETAIL_SESSION_STAFF_IDLE, &DOVETAIL_SESSION_STAFF_MAX),
            (self.game_token(), &DOVETAIL_API_TOKEN_IDLE, &DOVETAIL_API_TOKEN_MAX),
        ] {
            let says = format!("must not be longer than {}", max.name);
            reader.demand(idle, lifetime.idle <= lifetime.max, &says);
        }
    }
}
