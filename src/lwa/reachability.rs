//! Whether Amazon is there at all, for an operator who looks for what is wrong.
//!
//! Promises to send nothing that is worth anything: no code, no secret, and only a made-up token. Whatever Amazon
//! answers to that proves the way there and back; what it answers is not judged.

use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use reqwest::{Method, Request};

use super::token_identity::in_query;
use super::{LwaClient, LwaErrorClass};

/// Stands where `tokeninfo` requires a token.
const MADE_UP: &str = "made-up";

/// An answer to nothing in particular.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachability {
    pub status: u16,
    /// The server's clock.
    pub date: Option<DateTime<Utc>>,
}

impl LwaClient {
    /// Asks each of the three addresses we call, once. Gives host and path, and the answer or the word of what went
    /// wrong.
    pub async fn knock(&self) -> Vec<(String, Result<Reachability, &'static str>)> {
        let endpoints = &self.settings.endpoints;
        let mut answers = Vec::new();
        for request in [
            Request::new(Method::POST, endpoints.token.clone()),
            in_query(&endpoints.tokeninfo, MADE_UP),
            Request::new(Method::GET, endpoints.profile.clone()),
        ] {
            let url = request.url();
            let place = format!("{}{}", url.origin().ascii_serialization(), url.path());
            let answer = self.egress.knock(request).await;
            answers.push((place, answer.map_err(LwaErrorClass::word)));
        }
        answers
    }
}

/// RFC 9110 §5.6.7.
pub(super) fn date_of(headers: &reqwest::header::HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}
