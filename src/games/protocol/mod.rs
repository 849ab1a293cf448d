//! The messages of games in JSON (docs/protocols/gamesparks.md#requests-and-answers).
//!
//! A message is one JSON object with a known `@class` and fields of exactly their types (S78). Only listed
//! fields are read (S79). Answers never contain a `null`. Anything else is refused with an error of the
//! protocol, which repeats no input.

mod fields;
mod responses;

use serde_json::{Map, Value};

use crate::platform::json;

pub(super) use fields::RequestFields;
pub(super) use responses::{
    AccountDetails, Authenticated, ChangedAccount, CodePairResponse, DoneResponse, EndedResponse,
    ExternalIds, GameErrors, GameResponse, LinkDetails, PushMessage, ReplyEnvelope, SignInByCode,
    SwitchSummary, auth_token,
};

/// The deepest accepted nesting (S78).
const DEPTH: usize = 16;

/// Parses a message as one JSON object. Returns `None` for anything else.
pub(super) fn object(text: &[u8]) -> Option<Map<String, Value>> {
    json::read(text, DEPTH).ok()
}
