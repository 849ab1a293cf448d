//! What a browser may send from the desk's home page.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /support/actions/release-brake`
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct GuardForm {
    pub(super) reason: String,
    /// Since when the brake was on, in microseconds.
    seen: String,
}

impl ParsedForm for GuardForm {}

impl GuardForm {
    pub(super) fn seen(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.seen.parse().ok()?)
    }
}
