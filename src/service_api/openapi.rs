//! The OpenAPI document, generated from the code of the API.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::json;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi as Document, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, Modify, OpenApi};

use crate::outbound::webhooks::WebhookPayload;
use crate::service_api::code_pages;
use crate::service_api::pages;
use crate::web::api_problem;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Dovetail service API",
        description = "For game servers: who is linked, a fresh access token, a code by which a player links, and what happened to links. Every \
                       refusal is a problem (RFC 9457) with a `code` that stays the same; unknown and repeated \
                       parameters are refused.",
        version = "1"
    ),
    paths(
        pages::openapi,
        pages::players,
        pages::player,
        pages::amazon_link,
        pages::access_token,
        code_pages::begin,
        code_pages::state,
        pages::link_events
    ),
    components(schemas(WebhookPayload)),
    modifiers(&BearerKey),
    security(("service_key" = []))
)]
struct ServiceApi;

/// Stands for the portal's address in the text that is generated once.
const ADDRESS: &str = "https://address.invalid";

/// The document as JSON, with the address of this portal.
pub(super) fn text(public_url: &url::Url) -> String {
    // Serializing the document cannot fail; a test reads the result.
    static TEXT: LazyLock<String> = LazyLock::new(|| serde_json::to_string(&document()).unwrap_or_default());
    // A URL has no character that JSON escapes.
    TEXT.replace(ADDRESS, public_url.as_str().trim_end_matches('/'))
}

/// The generated document, with what utoipa cannot say: the server, and what the portal itself sends.
fn document() -> serde_json::Value {
    let mut document = serde_json::to_value(ServiceApi::openapi()).unwrap_or_default();
    let servers = json!([{ "url": ADDRESS, "description": "This portal" }]);
    let webhooks = json!({
        "linkEvent": {
            "post": {
                "operationId": "link_event",
                "tags": ["events"],
                "summary": "Tells an endpoint what happened to a link.",
                "description": "Signed by Standard Webhooks; see `dovetail webhook add`. The path is the endpoint's own.",
                "security": [{}],
                "requestBody": {
                    "required": true,
                    "content": {
                        "application/json": { "schema": { "$ref": "#/components/schemas/WebhookPayload" } }
                    }
                },
                "responses": {
                    "2XX": { "description": "Taken. Anything else is tried again" },
                    "410": { "description": "The endpoint is gone, and is sent nothing more" }
                }
            }
        }
    });
    if let Some(object) = document.as_object_mut() {
        object.extend([("servers".to_owned(), servers), ("webhooks".to_owned(), webhooks)]);
    }
    document
}

struct BearerKey;

impl Modify for BearerKey {
    fn modify(&self, document: &mut Document) {
        let scheme = HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("dovetail_sk_…")
            .description(Some("A key made by `dovetail service-key add`."))
            .build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("service_key", SecurityScheme::Http(scheme));
    }
}

/// The refusals that every authenticated address may send.
pub(super) struct RefusalResponses;

impl IntoResponses for RefusalResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let refusals = [
            ("400", "`bad_request`: the request cannot be understood"),
            ("401", "`key_required` or `key_unknown`"),
            ("403", "`scope_missing`, or `tls_required`"),
            ("414", "`too_large`: the address is longer than is read"),
            ("421", "`misdirected`: the portal has another name"),
            (
                "422",
                "`parameter_missing`, `parameter_invalid`, `parameter_unknown`, `parameter_repeated`, `body_unexpected` or `cursor_unknown`",
            ),
            ("429", "`throttled`; see `Retry-After`"),
            ("500", "`fault`"),
            ("503", "`busy`; see `Retry-After`"),
        ];
        refusals
            .into_iter()
            .map(|(status, description)| {
                let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
                let response = ResponseBuilder::new()
                    .description(description)
                    .content(api_problem::JSON, content)
                    .build();
                (status.to_owned(), RefOr::T(response))
            })
            .collect()
    }
}
