//! The forms of the pages about a code on a TV.

use serde::Deserialize;

use crate::platform::ids::AttemptId;
use crate::web::ParsedForm;

/// A button without fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SubmitButton {}

impl ParsedForm for SubmitButton {}

/// The trip to Amazon that a page is about, as a field or in the address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AttemptField {
    attempt: String,
}

impl ParsedForm for AttemptField {}

impl AttemptField {
    pub fn attempt(&self) -> AttemptId {
        // PostgreSQL rejects a NUL character in a text, so no attempt has such an id.
        AttemptId::from(self.attempt.replace('\0', ""))
    }
}
