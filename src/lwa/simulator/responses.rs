//! The headers, texts and key order of Amazon's responses.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, CONTENT_TYPE};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::{DateTime, Utc};
use serde::Serialize;

use super::random;
use super::settings::ErrorBodies;
use super::state::SimulatorState;

/// The successful responses that differ in their headers.
#[derive(Clone, Copy)]
pub(super) enum ResponseFamily {
    Token,
    TokenInfo,
    Profile,
}

pub(super) fn success(
    simulator_state: &SimulatorState,
    family: ResponseFamily,
    body: &impl Serialize,
) -> HttpResponse {
    let request_id = random::uuid().to_string();
    let mut answer = HttpResponse::Ok();
    recorded_headers(&mut answer, simulator_state.now(), &request_id);
    match family {
        ResponseFamily::Token => &mut answer,
        ResponseFamily::TokenInfo => answer.insert_header((CONTENT_TYPE, "application/json")),
        ResponseFamily::Profile => answer
            .insert_header((CONTENT_TYPE, "application/json"))
            .insert_header((header::CONTENT_LANGUAGE, "en-US")),
    };
    answer.body(text(simulator_state, body))
}

/// The error response of a call.
pub(super) struct SimulatedRefusal {
    status: StatusCode,
    error: String,
    description: String,
    shape: ErrorShape,
}

#[derive(Clone, Copy)]
enum ErrorShape {
    /// `error_index`, `error_description`, `error`, `request_id`.
    Four,
    /// `error_description`, `error`.
    Two,
    /// `error`, `error_description`, `request_id`, as the profile endpoint has them.
    Profile,
}

impl SimulatedRefusal {
    pub(super) fn new(error: &str, description: impl Into<String>) -> Self {
        let status = match error {
            "invalid_client" | "insufficient_scope" => StatusCode::UNAUTHORIZED,
            "ServerError" => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        Self { status, error: error.into(), description: description.into(), shape: ErrorShape::Four }
    }

    /// The error of this name with its usual text, for faults.
    pub(super) fn named(error: &str) -> Self {
        match error {
            "invalid_client" => Self::invalid_client(),
            "invalid_grant" => Self::invalid_refresh_token(),
            "unauthorized_client" => Self::unauthorized_client(),
            "unsupported_grant_type" => Self::unsupported_grant_type(),
            "invalid_token" => Self::invalid("invalid_token", "access_token").two_fields(),
            "ServerError" => Self::new(error, "The service failed to answer").two_fields(),
            other => Self::new(other, "The request was refused"),
        }
    }

    pub(super) fn missing(parameter: &str) -> Self {
        Self::new("invalid_request", format!("The request is missing a required parameter : {parameter}"))
    }

    pub(super) fn invalid(error: &str, parameter: &str) -> Self {
        Self::new(error, format!("The request has an invalid parameter : {parameter}"))
    }

    pub(super) fn malformed() -> Self {
        Self::new("invalid_request", "Malformed request")
    }

    pub(super) fn invalid_grant(parameter: &str) -> Self {
        Self::new("invalid_grant", format!("The request has an invalid grant parameter : {parameter}"))
    }

    pub(super) fn invalid_refresh_token() -> Self {
        Self::invalid_grant("refresh_token. User may have revoked or didn't grant the permission.")
    }

    pub(super) fn invalid_client() -> Self {
        Self::new("invalid_client", "Client authentication failed").two_fields()
    }

    pub(super) fn unauthorized_client() -> Self {
        Self::new("unauthorized_client", "Not authorized for requested operation")
    }

    pub(super) fn unsupported_grant_type() -> Self {
        let text = "The authorization grant type is not supported by the authorization server";
        Self::new("unsupported_grant_type", text)
    }

    pub(super) fn two_fields(self) -> Self {
        Self { shape: ErrorShape::Two, ..self }
    }

    pub(super) fn of_profile(self) -> Self {
        Self { shape: ErrorShape::Profile, ..self }
    }

    pub(super) fn answer(&self, simulator_state: &SimulatorState) -> HttpResponse {
        let request_id = random::uuid().to_string();
        let mut answer = HttpResponse::build(self.status);
        recorded_headers(&mut answer, simulator_state.now(), &request_id);
        let exception = match self.status {
            StatusCode::BAD_REQUEST => Some("OA2InvalidRequestException"),
            StatusCode::UNAUTHORIZED => Some("OA2InvalidClientException"),
            _ => None,
        };
        if let (Some(exception), false) = (exception, matches!(self.shape, ErrorShape::Profile)) {
            let name = format!("{exception}:http://internal.amazon.com/coral/com.amazon.panda/");
            answer.insert_header(("x-amzn-errortype", name));
        }
        answer.body(self.body(simulator_state, &request_id))
    }

    fn body(&self, simulator_state: &SimulatorState, request_id: &str) -> String {
        let (error, error_description) = (self.error.as_str(), self.description.as_str());
        let full = match (simulator_state.switches.error_bodies, self.shape) {
            (ErrorBodies::Full, _) => true,
            (ErrorBodies::Short, _) => false,
            (ErrorBodies::Recorded, shape) => !matches!(shape, ErrorShape::Two),
        };
        let request_id = full.then_some(request_id);
        if matches!(self.shape, ErrorShape::Profile) {
            return text(simulator_state, &ProfileError { error, error_description, request_id });
        }
        let error_index = full.then(random::error_index);
        text(simulator_state, &TokenError { error_index, error_description, error, request_id })
    }
}

/// The answer to an unknown address or method, as golang/oauth2#228 shows it of Amazon.
pub(super) async fn unknown_operation() -> HttpResponse {
    HttpResponse::NotFound().content_type("application/xml").body("<UnknownOperationException/>\n")
}

#[derive(Serialize)]
struct TokenError<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    error_index: Option<String>,
    error_description: &'a str,
    error: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

#[derive(Serialize)]
struct ProfileError<'a> {
    error: &'a str,
    error_description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    request_id: Option<&'a str>,
}

/// The headers recorded on 2026-10-05 (source O2 of docs/protocols/login-with-amazon.md#sources).
fn recorded_headers(answer: &mut HttpResponseBuilder, now: DateTime<Utc>, request_id: &str) {
    answer
        .insert_header((CONTENT_TYPE, "application/json;charset=UTF-8"))
        .insert_header((header::CACHE_CONTROL, "no-cache, no-store, must-revalidate"))
        .insert_header((header::PRAGMA, "no-cache"))
        .insert_header(("x-amzn-requestid", request_id))
        .insert_header(("x-amz-rid", random::rid()))
        .insert_header(("x-amz-date", now.format("%a, %d %b %Y %H:%M:%S GMT").to_string()))
        .insert_header((header::VARY, "User-Agent,Accept-Encoding"))
        .insert_header((header::STRICT_TRANSPORT_SECURITY, "max-age=47474747; includeSubDomains; preload"))
        .insert_header((header::SERVER, "Server"));
}

/// Compact JSON in the order of the struct's fields.
fn text(simulator_state: &SimulatorState, body: &impl Serialize) -> String {
    let mut json = serde_json::to_string(body).unwrap_or_default();
    if simulator_state.switches.unknown_fields && json.pop().is_some() {
        json.push_str(",\"simulated_extra\":{\"nested\":[1,null,\"two\"]}}");
    }
    json
}
