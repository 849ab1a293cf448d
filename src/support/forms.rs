//! What a browser may send from the desk's home page.

use chrono::{DateTime, Utc};
use serde::Deserialize;

use crate::web::Form;

/// `POST /support/actions/release-brake`
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BrakeForm {
    pub(super) reason: String,
    /// Since when the brake was on, in microseconds.
    seen: String,
}

impl Form for BrakeForm {}

impl BrakeForm {
    pub(super) fn seen(&self) -> Option<DateTime<Utc>> {
        DateTime::from_timestamp_micros(self.seen.parse().ok()?)
    }
}
