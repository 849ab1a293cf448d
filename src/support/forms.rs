//! Forms of the home page of support.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /support/actions/release-brake`
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct GuardForm {
    pub(super) reason: String,
    /// When the guard switched on, in microseconds since the Unix epoch.
    seen: String,
}

impl ParsedForm for GuardForm {}

impl GuardForm {
    pub(super) fn seen(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.seen.parse().ok()?)
    }
}
