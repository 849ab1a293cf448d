//! Compares this machine's clock with the database's and Amazon's.

use chrono::{DateTime, TimeDelta, Utc};

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::app;
use crate::config::{Config, DatabaseLocation};
use crate::platform::clock::Clock;
use crate::platform::db::server_info;

const ABOUT: &str = "clock";

/// The tolerated difference. Tokens and codes are valid for minutes, so a larger one matters (S88).
const TOLERATED: TimeDelta = TimeDelta::seconds(30);

pub(super) async fn check_clock(config: &Config) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    // A SQLite file has no clock of its own, and opening it would create it.
    if matches!(config.database.location, DatabaseLocation::Postgres(_)) {
        let conn = app::open_database(config).and_then(|db| db.connection());
        if let Ok(Some(theirs)) = conn.map(|mut conn| server_info::clock(&mut conn).ok().flatten()) {
            lines.push(compare_clocks("the database's", theirs));
        }
    }
    let amazons = match app::open_lwa(config, Clock::system()) {
        Ok(client) => client.check_reachability().await.into_iter().find_map(|(_, answer)| answer.ok()?.date),
        Err(_) => None,
    };
    match amazons {
        Some(theirs) => lines.push(compare_clocks("Amazon's", theirs)),
        None => lines.push(note_line(ABOUT, "Amazon did not say what time it is")),
    }
    lines
}

fn compare_clocks(whose: &str, theirs: DateTime<Utc>) -> DoctorLine {
    let skew = Clock::system().now() - theirs;
    if skew.abs() <= TOLERATED {
        return ok_line(ABOUT, format!("agrees with {whose}"));
    }
    let (seconds, way) =
        (skew.abs().num_seconds(), if skew > TimeDelta::zero() { "ahead of" } else { "behind" });
    finding_line(ABOUT, format!("is {seconds} s {way} {whose}"), "set both machines' clocks by NTP")
}
