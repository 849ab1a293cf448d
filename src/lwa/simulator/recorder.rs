//! The record of calls to the simulator, so that a test can also prove which calls were not made.

use std::collections::VecDeque;

use serde::Serialize;

use crate::text_enum;

/// Enough for a long test. The list must not grow without limit in development.
const KEPT: usize = 10_000;

text_enum! {
    /// A call that a program makes. Faults are set for one of these.
    #[derive(PartialOrd, Ord)]
    pub enum SimulatedCall {
        /// `GET /ap/oa`.
        Authorize = "authorize",
        /// The token endpoint with `grant_type=authorization_code`.
        Exchange = "exchange",
        /// The token endpoint with `grant_type=refresh_token`.
        Refresh = "refresh",
        /// The token endpoint with `grant_type=device_code`.
        Poll = "poll",
        /// The token endpoint with any other `grant_type`.
        Token = "token",
        TokenInfo = "tokeninfo",
        /// Both profile endpoints.
        Profile = "profile",
        CodePair = "codepair",
    }
}

/// The region whose hosts were called.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum CallRegion {
    Na,
    Eu,
    Fe,
}

impl CallRegion {
    pub(super) fn of(path: &str) -> Self {
        match path.get(..4) {
            Some("/eu/") => Self::Eu,
            Some("/fe/") => Self::Fe,
            _ => Self::Na,
        }
    }
}

/// The kind of credential in a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TokenKind {
    Access,
    Refresh,
    AuthorizationCode,
    DeviceCode,
    /// Not issued by the simulator, or no longer valid.
    Unknown,
}

/// The PKCE method of an exchange whose verifier matched.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum RecordedPkce {
    S256,
    Plain,
}

/// One recorded call.
#[derive(Clone, Debug, Serialize)]
pub struct RecordedCall {
    pub call: SimulatedCall,
    pub region: CallRegion,
    /// The client that the call named, or that its access token was issued to.
    pub client: Option<String>,
    pub token: Option<TokenKind>,
    /// Set after the verifier was checked and matched.
    pub pkce: Option<RecordedPkce>,
    /// `None` while unanswered, after raw bytes, and when the connection was cut.
    pub status: Option<u16>,
    #[serde(skip)]
    number: u64,
}

/// What a handler notes about a call.
#[derive(Default)]
pub(super) struct CallNotes {
    pub(super) client: Option<String>,
    pub(super) token: Option<TokenKind>,
    pub(super) pkce: Option<RecordedPkce>,
}

#[derive(Default)]
pub(super) struct CallRecorder {
    calls: VecDeque<RecordedCall>,
    next: u64,
}

impl CallRecorder {
    /// Records a call on arrival, because the client may disconnect before the response.
    pub(super) fn record_request(&mut self, call: SimulatedCall, region: CallRegion) -> u64 {
        let number = self.next;
        self.next += 1;
        if self.calls.len() == KEPT {
            self.calls.pop_front();
        }
        let call = RecordedCall { call, region, client: None, token: None, pkce: None, status: None, number };
        self.calls.push_back(call);
        number
    }

    pub(super) fn record_response(&mut self, number: u64, notes: CallNotes, status: Option<u16>) {
        if let Some(call) = self.calls.iter_mut().rev().find(|call| call.number == number) {
            call.client = notes.client;
            call.token = notes.token;
            call.pkce = notes.pkce;
            call.status = status;
        }
    }

    pub(super) fn calls(&self) -> impl DoubleEndedIterator<Item = &RecordedCall> {
        self.calls.iter()
    }

    pub(super) fn forget(&mut self) {
        self.calls.clear();
    }
}
