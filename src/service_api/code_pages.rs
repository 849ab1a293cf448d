//! A game server asks for a code by which a player links, and how it went.

use actix_web::http::StatusCode;
use actix_web::{HttpRequest, web};

use crate::links::Hands;
use crate::links::device_flow;
use crate::platform::fault::Stop;
use crate::service_api::auth::{ApiError, Asked, Outcome, ok};
use crate::service_api::openapi;
use crate::service_api::pages::{found, parameters, refuse_body};
use crate::service_api::responses::{LinkCode, LinkCodeState, LinkingState};
use crate::web::api_problem::Details;

/// Seconds after which asking Amazon for a code again makes sense, when it gives none.
const AGAIN: i64 = 15;
/// The same for a player who has had too many.
const MANY_AGAIN: i64 = 15 * 60;

/// A code that the player types at Amazon to link. Takes no body; the player's older code ends.
#[utoipa::path(
    post,
    operation_id = "link_code",
    path = "/api/v1/players/{id}/amazon-link/code",
    tag = "linking",
    params(("id" = String, Path, description = "The player's id")),
    responses(
        openapi::Refusals,
        (status = 200, description = "A code", body = LinkCode),
        (status = 404, description = "`player_unknown`", body = Details, content_type = "application/problem+json"),
        (status = 409, description = "`already_linked`, `proof_needed` (the player has to sign in at the portal first) or `code_linking_off`", body = Details, content_type = "application/problem+json"),
        (status = 413, description = "`too_large`: a body, where none is read", body = Details, content_type = "application/problem+json"),
        (status = 503, description = "`amazon_unavailable`, or `busy`; see `Retry-After`", body = Details, content_type = "application/problem+json")
    )
)]
pub async fn begin(asked: Asked, request: HttpRequest, id: web::Path<String>, body: web::Payload) -> Outcome {
    parameters(&request, [])?;
    refuse_body(&asked, &request, body).await?;
    let player = found(&asked, &request, &id).await?.id;
    let hands = Hands {
        at: asked.app.clock.now(),
        reference: asked.reference.to_string(),
        // The server's own, which says nothing of the player.
        network: String::new(),
        player: Some(player.clone()),
        proven_at: None,
        session: None,
    };
    let key = asked.holder.key.to_string();
    let by = device_flow::Asker { by: device_flow::AskedBy::Service, id: Some(&key) };
    match device_flow::begin(&asked.app, &hands, &player, by).await {
        Ok(begun) => ok(&LinkCode::from(begun)),
        Err(Stop::Fault(fault)) => Err(fault.into()),
        Err(Stop::Refused(refused)) => Err(ApiError::refused(&request, problem(refused))),
    }
}

fn problem(refused: device_flow::NotBegun) -> Details {
    match refused {
        device_flow::NotBegun::NotConfigured => Details::new(StatusCode::CONFLICT, "code_linking_off"),
        device_flow::NotBegun::AlreadyLinked => Details::new(StatusCode::CONFLICT, "already_linked"),
        device_flow::NotBegun::NotFresh => Details::new(StatusCode::CONFLICT, "proof_needed"),
        device_flow::NotBegun::Disabled => Details::new(StatusCode::NOT_FOUND, "player_unknown"),
        device_flow::NotBegun::TooMany => {
            Details::new(StatusCode::TOO_MANY_REQUESTS, "throttled").again_after(MANY_AGAIN)
        }
        device_flow::NotBegun::Unavailable => {
            Details::new(StatusCode::SERVICE_UNAVAILABLE, "amazon_unavailable").again_after(AGAIN)
        }
    }
}

/// How linking by a code went.
#[utoipa::path(
    get,
    operation_id = "link_code_state",
    path = "/api/v1/players/{id}/amazon-link/code/{linkingId}",
    tag = "linking",
    params(
        ("id" = String, Path, description = "The player's id"),
        ("linkingId" = String, Path, description = "`linking_id` of the code")
    ),
    responses(
        openapi::Refusals,
        (status = 200, description = "How it fares, for an hour after it ended", body = LinkCodeState),
        (status = 404, description = "`player_unknown` or `linking_unknown`", body = Details, content_type = "application/problem+json")
    )
)]
pub async fn state(asked: Asked, request: HttpRequest, path: web::Path<(String, String)>) -> Outcome {
    parameters(&request, [])?;
    let (id, linking_id) = path.into_inner();
    let player = found(&asked, &request, &id).await?.id;
    match device_flow::progress(&asked.app, &player, &linking_id).await? {
        Some(fares) => ok(&LinkCodeState { linking_id, state: LinkingState::from(fares) }),
        None => Err(ApiError::refused(&request, Details::new(StatusCode::NOT_FOUND, "linking_unknown"))),
    }
}
