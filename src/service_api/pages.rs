//! The handlers of the service API.

use actix_web::http::StatusCode;
use actix_web::http::header::CACHE_CONTROL;
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::StreamExt;

use crate::app::App;
use crate::outbound::link_events::{self, CursorRefused};
use crate::platform::fault::Stop;
use crate::service_api::TokenIssueLog;
use crate::service_api::auth::{ApiError, AuthenticatedService, Outcome, ok};
use crate::service_api::lookup::{self, LookupRefusal};
use crate::service_api::openapi;
use crate::service_api::query;
use crate::service_api::responses::{AccessToken, AmazonLink, LinkEvents, Player, Players};
use crate::service_api::store::FoundPlayer;
use crate::web::PageError;
use crate::web::api_problem::ProblemDetails;

/// Events on a page, unless the request names a limit.
const DEFAULT_LIMIT: i64 = 100;
const MAX_LIMIT: i64 = 1000;

/// Returns the OpenAPI document of this API.
#[utoipa::path(
    get,
    path = "/api/v1/openapi.json",
    tag = "service",
    responses((status = 200, description = "The OpenAPI document")),
    security(())
)]
pub async fn openapi(app: web::Data<App>) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((CACHE_CONTROL, "no-store"))
        .content_type("application/json")
        .body(openapi::text(&app.config.http.public_url))
}

/// Finds a player by the linked Amazon identity.
#[utoipa::path(
    get,
    path = "/api/v1/players",
    tag = "players",
    params(("amazon_id" = String, Query, description = "Amazon's `user_id`", min_length = 1, max_length = 128, example = "amzn1.account.EXAMPLE")),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "The player, or an empty list", body = Players)
    )
)]
pub async fn players(service: AuthenticatedService, request: HttpRequest) -> Outcome {
    let [amazon_id] = parameters(&request, ["amazon_id"])?;
    let amazon_id = query::amazon_id(amazon_id).map_err(|why| ApiError::invalid_query(&request, why))?;
    let found = lookup::player_of_identity(&service.app, amazon_id).await?;
    ok(&Players { players: found.into_iter().map(Player::from).collect() })
}

/// Returns a player, with the state of the link.
#[utoipa::path(
    get,
    path = "/api/v1/players/{id}",
    tag = "players",
    params(("id" = String, Path, description = "The player's id", format = "uuid", min_length = 36, max_length = 36)),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "The player", body = Player),
        (status = 404, description = "`player_unknown`: there is none, or the account is closed", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn player(service: AuthenticatedService, request: HttpRequest, id: web::Path<String>) -> Outcome {
    parameters(&request, [])?;
    ok(&Player::from(find_player_in_path(&service, &request, &id).await?))
}

/// Returns the player's link to Amazon.
#[utoipa::path(
    get,
    path = "/api/v1/players/{id}/amazon-link",
    tag = "players",
    params(("id" = String, Path, description = "The player's id", format = "uuid", min_length = 36, max_length = 36)),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "The link, whatever its state", body = AmazonLink),
        (status = 404, description = "`player_unknown`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "`link_not_usable` with the state `none`: there is no link", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn amazon_link(
    service: AuthenticatedService,
    request: HttpRequest,
    id: web::Path<String>,
) -> Outcome {
    parameters(&request, [])?;
    match find_player_in_path(&service, &request, &id).await?.link {
        Some(link) => ok(&AmazonLink::from(link)),
        None => Err(not_usable(&request, "none", None)),
    }
}

/// Returns an access token of the player's link, renewed if needed. Takes no body.
#[utoipa::path(
    post,
    path = "/api/v1/players/{id}/amazon-link/access-token",
    tag = "tokens",
    params(("id" = String, Path, description = "The player's id", format = "uuid", min_length = 36, max_length = 36)),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "A token", body = AccessToken),
        (status = 404, description = "`player_unknown`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "`link_not_usable` with the state: `none`, `needs_reconnect` or `revoked`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`: a body, where none is read", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "`amazon_unavailable`, or `busy`; see `Retry-After`", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn access_token(
    service: AuthenticatedService,
    request: HttpRequest,
    id: web::Path<String>,
    issue_log: web::Data<TokenIssueLog>,
    body: web::Payload,
) -> Outcome {
    parameters(&request, [])?;
    refuse_body(&service, &request, body).await?;
    let unknown =
        || ApiError::refused(&request, ProblemDetails::new(StatusCode::NOT_FOUND, "player_unknown"));
    let id = query::player_id(&id).ok_or_else(unknown)?;
    let token =
        lookup::issue_token(&service.app, &issue_log, &service.holder, id, service.reference.as_str()).await;
    match token {
        Ok(token) => ok(&token),
        Err(Stop::Fault(fault)) => Err(fault.into()),
        Err(Stop::Refused(LookupRefusal::Unknown)) => Err(unknown()),
        Err(Stop::Refused(LookupRefusal::NoLink)) => Err(not_usable(&request, "none", None)),
        Err(Stop::Refused(LookupRefusal::NotActive { state, since })) => {
            Err(not_usable(&request, state.as_str(), Some(since)))
        }
        Err(Stop::Refused(LookupRefusal::TryLater { seconds })) => {
            let problem = ProblemDetails::new(StatusCode::SERVICE_UNAVAILABLE, "amazon_unavailable");
            Err(ApiError::refused(&request, problem.again_after(seconds)))
        }
    }
}

/// Returns what happened to links, in order; only a restored backup leaves gaps.
///
/// Pass `next` of the previous page as `after`. Each event appears once, whatever else is written meanwhile.
#[utoipa::path(
    get,
    path = "/api/v1/link-events",
    tag = "events",
    params(
        ("after" = Option<i64>, Query, description = "`next` of the page before; from the oldest event that is kept without it", minimum = 0),
        ("limit" = Option<i64>, Query, description = "Events on the page; 100 without it", minimum = 1, maximum = 1000)
    ),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "A page, perhaps empty", body = LinkEvents),
        (status = 410, description = "`cursor_too_old`: events after it are no longer kept", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn link_events(service: AuthenticatedService, request: HttpRequest) -> Outcome {
    let [after, limit] = parameters(&request, ["after", "limit"])?;
    let read = |name, text: Option<String>, range| {
        text.map(|text| query::number(name, &text, range))
            .transpose()
            .map_err(|why| ApiError::invalid_query(&request, why))
    };
    let after = read("after", after, 0..=i64::MAX - 1)?;
    let limit = read("limit", limit, 1..=MAX_LIMIT)?.unwrap_or(DEFAULT_LIMIT);
    match link_events::read_feed(&service.app, after, limit).await {
        Ok(page) => ok(&LinkEvents { events: page.events, next: page.next, more: page.has_more }),
        Err(Stop::Fault(fault)) => Err(fault.into()),
        Err(Stop::Refused(refused)) => {
            let (status, code) = match refused {
                CursorRefused::TooOld => (StatusCode::GONE, "cursor_too_old"),
                CursorRefused::Unknown => (StatusCode::UNPROCESSABLE_ENTITY, "cursor_unknown"),
            };
            Err(ApiError::refused(&request, ProblemDetails::new(status, code).about(Some("after".into()))))
        }
    }
}

pub(super) fn parameters<const N: usize>(
    request: &HttpRequest,
    known: [&'static str; N],
) -> Result<[Option<String>; N], ApiError> {
    query::read(request.query_string(), known).map_err(|why| ApiError::invalid_query(request, why))
}

pub(super) async fn find_player_in_path(
    service: &AuthenticatedService,
    request: &HttpRequest,
    id: &str,
) -> Result<FoundPlayer, ApiError> {
    let found = match query::player_id(id) {
        Some(id) => lookup::find_player(&service.app, id).await?,
        None => None,
    };
    let unknown = || ApiError::refused(request, ProblemDetails::new(StatusCode::NOT_FOUND, "player_unknown"));
    found.ok_or_else(unknown)
}

fn not_usable(request: &HttpRequest, state: &'static str, since: Option<DateTime<Utc>>) -> ApiError {
    let details = ProblemDetails::new(StatusCode::CONFLICT, "link_not_usable");
    ApiError::refused(request, details.with_state(state, since))
}

/// Refuses a body that says something: nothing here takes one, so it was meant for another address.
///
/// An empty object is accepted, because many HTTP libraries send it for no body.
pub(super) async fn refuse_body(
    service: &AuthenticatedService,
    request: &HttpRequest,
    mut body: web::Payload,
) -> Result<(), ApiError> {
    const MOST: usize = 64;
    let read = async {
        let mut bytes = Vec::new();
        while let Some(chunk) = body.next().await {
            bytes.extend_from_slice(&chunk.map_err(|_| PageError::BadRequest)?);
            if bytes.len() > MOST {
                return Err(PageError::TooLarge);
            }
        }
        Ok(bytes)
    };
    let deadline = service.app.config.limits.request.body_deadline;
    let bytes = tokio::time::timeout(deadline, read).await.map_err(|_| PageError::BadRequest)??;
    let text = bytes.trim_ascii();
    let is_empty = text.is_empty()
        || text
            .strip_prefix(b"{")
            .and_then(|rest| rest.strip_suffix(b"}"))
            .is_some_and(|inner| inner.trim_ascii().is_empty());
    if is_empty {
        return Ok(());
    }
    Err(ApiError::refused(request, ProblemDetails::new(StatusCode::UNPROCESSABLE_ENTITY, "body_unexpected")))
}
