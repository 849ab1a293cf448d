//! Strict JSON parsing of Amazon's responses.

use serde::de::DeserializeOwned;

use super::LwaErrorClass;
use crate::platform::json;

/// The deepest nesting accepted. Amazon's responses are flat; new fields may be nested.
const DEPTH: usize = 8;

pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, LwaErrorClass> {
    json::read(body, DEPTH).map_err(|json::MalformedJson| LwaErrorClass::Malformed)
}
