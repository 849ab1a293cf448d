//! Whether Amazon is reachable, for an operator who looks for the cause of a problem.
//!
//! The requests contain no code and no secret, only an invalid token. Any response proves that the network path
//! works; its content is not checked.

use chrono::{DateTime, Utc};
use reqwest::header::DATE;
use reqwest::{Method, Request};

use super::token_identity::in_query;
use super::{LwaClient, LwaErrorClass};

/// An invalid token, because `tokeninfo` requires one.
const INVALID_TOKEN: &str = "made-up";

/// The response to a reachability request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reachability {
    pub status: u16,
    /// The server's time, from its `Date` header.
    pub date: Option<DateTime<Utc>>,
}

impl LwaClient {
    /// Calls the token, tokeninfo and profile endpoints, once each.
    ///
    /// Each result has the origin and path, and the response or the class of the error.
    pub async fn check_reachability(&self) -> Vec<(String, Result<Reachability, &'static str>)> {
        let endpoints = &self.settings.endpoints;
        let mut results = Vec::new();
        for request in [
            Request::new(Method::POST, endpoints.token.clone()),
            in_query(&endpoints.tokeninfo, INVALID_TOKEN),
            Request::new(Method::GET, endpoints.profile.clone()),
        ] {
            let url = request.url();
            let endpoint = format!("{}{}", url.origin().ascii_serialization(), url.path());
            let result = self.http.send_unlimited(request).await;
            results.push((endpoint, result.map_err(LwaErrorClass::as_str)));
        }
        results
    }
}

/// The `Date` header (RFC 9110 §5.6.7).
pub(super) fn date_of(headers: &reqwest::header::HeaderMap) -> Option<DateTime<Utc>> {
    let text = headers.get(DATE)?.to_str().ok()?;
    DateTime::parse_from_rfc2822(text).ok().map(|at| at.with_timezone(&Utc))
}
