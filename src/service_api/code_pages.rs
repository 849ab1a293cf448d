//! Linking by code for game servers: requesting a code, and its state.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use crate::accounts::players;
use crate::links::GameCallContext;
use crate::links::device_flow;
use crate::platform::fault::Stop;
use crate::service_api::auth::{ApiError, AuthenticatedService, Outcome, ok};
use crate::service_api::openapi;
use crate::service_api::pages::{find_player_in_path, parameters, refuse_body};
use crate::service_api::query;
use crate::service_api::responses::{LinkCode, LinkCodeState, LinkingState};
use crate::sessions::SessionOrigin;
use crate::web::api_problem::ProblemDetails;

/// Seconds in `Retry-After` when Amazon gives no code.
const RETRY_UNAVAILABLE: i64 = 15;
/// Seconds in `Retry-After` when a player has requested too many codes.
const RETRY_TOO_MANY: i64 = 15 * 60;

/// Requests a code that the player enters at Amazon to link. Takes no body; an older code of the player ends.
#[utoipa::path(
    post,
    operation_id = "link_code",
    path = "/api/v1/players/{id}/amazon-link/code",
    tag = "linking",
    params(("id" = String, Path, description = "The player's id", format = "uuid", min_length = 36, max_length = 36)),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "A code", body = LinkCode),
        (status = 404, description = "`player_unknown`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 409, description = "`already_linked`, `proof_needed` (the player has to sign in at the portal first) or `code_linking_off`", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`: a body, where none is read", body = ProblemDetails, content_type = "application/problem+json"),
        (status = 503, description = "`amazon_unavailable`, or `busy`; see `Retry-After`", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn begin(
    service: AuthenticatedService,
    request: HttpRequest,
    id: web::Path<String>,
    body: web::Payload,
) -> Outcome {
    parameters(&request, [])?;
    refuse_body(&service, &request, body).await?;
    let player = find_player_in_path(&service, &request, &id).await?.id;
    let named = player.clone();
    let version = service.app.db.read(move |conn| players::store::version_of(conn, &named)).await?;
    let call = GameCallContext {
        at: service.app.clock.now(),
        reference: service.reference.to_string(),
        // The network is the server's own, which says nothing about the player.
        network: String::new(),
        origin: version.map(|player_version| SessionOrigin {
            player: player.clone(),
            player_version,
            session: None,
        }),
        proven_at: None,
        has_service_key: true,
        is_game_server: true,
    };
    let key = service.holder.key.to_string();
    let by = device_flow::DeviceFlowRequester { by: device_flow::AskedBy::Service, id: Some(&key) };
    match device_flow::begin_device_flow(&service.app, &call, &player, by).await {
        Ok(begun) => ok(&LinkCode::from(begun)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
        Err(Stop::Refused(refused)) => Err(ApiError::refused(&request, problem(refused))),
    }
}

fn problem(refused: device_flow::DeviceFlowBeginRefusal) -> ProblemDetails {
    match refused {
        device_flow::DeviceFlowBeginRefusal::NotConfigured => {
            ProblemDetails::new(StatusCode::CONFLICT, "code_linking_off")
        }
        device_flow::DeviceFlowBeginRefusal::AlreadyLinked => {
            ProblemDetails::new(StatusCode::CONFLICT, "already_linked")
        }
        device_flow::DeviceFlowBeginRefusal::NotFresh => {
            ProblemDetails::new(StatusCode::CONFLICT, "proof_needed")
        }
        device_flow::DeviceFlowBeginRefusal::SessionEnded => {
            ProblemDetails::new(StatusCode::NOT_FOUND, "player_unknown")
        }
        device_flow::DeviceFlowBeginRefusal::TooMany => {
            ProblemDetails::new(StatusCode::TOO_MANY_REQUESTS, "throttled").again_after(RETRY_TOO_MANY)
        }
        device_flow::DeviceFlowBeginRefusal::Unavailable => {
            ProblemDetails::new(StatusCode::SERVICE_UNAVAILABLE, "amazon_unavailable")
                .again_after(RETRY_UNAVAILABLE)
        }
    }
}

/// Returns the state of a linking by code.
#[utoipa::path(
    get,
    operation_id = "link_code_state",
    path = "/api/v1/players/{id}/amazon-link/code/{linkingId}",
    tag = "linking",
    params(
        ("id" = String, Path, description = "The player's id", format = "uuid", min_length = 36, max_length = 36),
        ("linkingId" = String, Path, description = "`linking_id` of the code", min_length = 36, max_length = 36)
    ),
    responses(
        openapi::RefusalResponses,
        (status = 200, description = "The state, for an hour after it ended", body = LinkCodeState),
        (status = 404, description = "`player_unknown` or `linking_unknown`", body = ProblemDetails, content_type = "application/problem+json")
    )
)]
pub async fn state(
    service: AuthenticatedService,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Outcome {
    parameters(&request, [])?;
    let (id, linking_id) = path.into_inner();
    let player = find_player_in_path(&service, &request, &id).await?.id;
    let linking_id = query::id(&linking_id).unwrap_or(linking_id);
    match device_flow::device_flow_status(&service.app, &player, &linking_id).await? {
        Some(status) => ok(&LinkCodeState { linking_id, state: LinkingState::from(status) }),
        None => {
            Err(ApiError::refused(&request, ProblemDetails::new(StatusCode::NOT_FOUND, "linking_unknown")))
        }
    }
}
