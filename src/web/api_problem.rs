//! Errors of the JSON API as problem details (RFC 9457), with stable codes.
//!
//! A problem says what to do next. It reveals nothing internal, and of the request it repeats at most the name of a
//! parameter (S134).

use std::borrow::Cow;

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, RETRY_AFTER};
use actix_web::{HttpMessage, HttpRequest, HttpResponse};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::web::request_log::Reference;

/// The media type of problem details.
pub const JSON: &str = "application/problem+json";

/// Whether a path belongs to the JSON API, where every answer is JSON, without cookies and redirects.
pub fn is_for_machines(path: &str) -> bool {
    path == "/api" || path.starts_with("/api/")
}

/// An error of the API, as problem details (RFC 9457).
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct ProblemDetails {
    /// A sentence for the log of the game server.
    title: &'static str,
    #[serde(serialize_with = "as_number")]
    #[schema(value_type = u16)]
    status: StatusCode,
    /// A code that stays the same in every release.
    #[schema(value_type = String)]
    code: &'static str,
    /// The id of the request in the portal's log.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[schema(required = false)]
    reference: String,
    /// The state of the link, where the link is the problem.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false)]
    state: Option<&'static str>,
    /// Since when the link is in that state.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(nullable = false)]
    since: Option<DateTime<Utc>>,
    /// The parameter that was refused.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, nullable = false, min_length = 1, max_length = 32)]
    parameter: Option<Cow<'static, str>>,
    #[serde(skip)]
    retry_after: Option<i64>,
}

impl ProblemDetails {
    pub fn new(status: StatusCode, code: &'static str) -> Self {
        Self {
            title: title(code),
            status,
            code,
            reference: String::new(),
            state: None,
            since: None,
            parameter: None,
            retry_after: None,
        }
    }

    /// Adds the state of the link, and since when.
    #[must_use]
    pub fn with_state(self, state: &'static str, since: Option<DateTime<Utc>>) -> Self {
        Self { state: Some(state), since, ..self }
    }

    #[must_use]
    pub fn about(self, parameter: Option<Cow<'static, str>>) -> Self {
        Self { parameter, ..self }
    }

    /// Adds `Retry-After`: the seconds until the client may ask again, at least 1.
    #[must_use]
    pub fn again_after(self, seconds: i64) -> Self {
        Self { retry_after: Some(seconds.max(1)), ..self }
    }

    /// The body as JSON, with the request's reference.
    pub fn json(mut self, request: &HttpRequest) -> String {
        self.reference = request.extensions().get::<Reference>().map(ToString::to_string).unwrap_or_default();
        // Text and numbers always serialize.
        serde_json::to_string(&self).unwrap_or_default()
    }

    /// The response with this problem, which no cache may store.
    pub fn respond(self, request: &HttpRequest) -> HttpResponse {
        let mut response = HttpResponse::build(self.status);
        if let Some(seconds) = self.retry_after {
            response.insert_header((RETRY_AFTER, seconds));
        }
        response.insert_header((CACHE_CONTROL, "no-store")).content_type(JSON).body(self.json(request))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands a reference")]
fn as_number<S: serde::Serializer>(status: &StatusCode, to: S) -> Result<S::Ok, S::Error> {
    to.serialize_u16(status.as_u16())
}

fn title(code: &str) -> &'static str {
    match code {
        "key_required" => "Send a service key: Authorization: Bearer dovetail_sk_…",
        "key_unknown" => "The service key is unknown, revoked or expired.",
        "scope_missing" => "The service key has not the scope that this needs.",
        "not_found" => "There is nothing here.",
        "not_allowed" => "This address does not take that method.",
        "player_unknown" => "There is no such player.",
        "link_not_usable" => "The player has no link that works; its state says why.",
        "already_linked" => "The player's link works; there is nothing to link.",
        "proof_needed" => "The player has to sign in at the portal first.",
        "code_linking_off" => "This portal links by code only once it has a device client.",
        "linking_unknown" => "There is no such linking, or it ended long ago.",
        "parameter_unknown" => "A parameter is not known here.",
        "parameter_repeated" => "A parameter stands twice.",
        "parameter_missing" => "A parameter is missing.",
        "parameter_invalid" => "A parameter is not in its form.",
        "body_unexpected" => "This address takes no body.",
        "cursor_too_old" => {
            "Events after this cursor are no longer kept; read the links afresh and begin again without a cursor."
        }
        "cursor_unknown" => "The feed has not come this far; the cursor is from another portal.",
        "throttled" => "Too many requests with this key; wait as long as Retry-After says.",
        "amazon_unavailable" => "Amazon gives nothing new at the moment; wait as long as Retry-After says.",
        "misdirected" => "This portal has another name; use the address it is configured with.",
        "tls_required" => "Use https.",
        "too_large" => "That is more than is read here.",
        "busy" => "The portal is busy; wait as long as Retry-After says.",
        "fault" => "Something of ours broke; the reference finds it in the log.",
        _ => "The request cannot be understood.",
    }
}
