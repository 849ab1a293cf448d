//! Amazon's answers as JSON, read without charity.

use serde::de::DeserializeOwned;

use super::LwaErrorClass;
use crate::platform::json;

/// They are flat; this leaves room for fields yet to come.
const DEPTH: usize = 8;

/// Reads a `T` from a whole body.
pub(super) fn read<T: DeserializeOwned>(body: &[u8]) -> Result<T, LwaErrorClass> {
    json::read(body, DEPTH).map_err(|json::MalformedJson| LwaErrorClass::Malformed)
}
