//! The list of other origins that may use the passkeys of this portal (`WebAuthn` Level 3, related origins).

use actix_web::http::StatusCode;
use serde_json::json;

use crate::web::{PageError, PageResult, RequestContext, responses};

/// `GET /.well-known/webauthn`
pub async fn show(context: RequestContext) -> PageResult {
    let origins = &context.app.config.http.passkey_origins;
    if origins.is_empty() {
        return Err(PageError::NotFound);
    }
    let origins: Vec<String> = origins.iter().map(url::Origin::ascii_serialization).collect();
    Ok(responses::json(StatusCode::OK, &json!({ "origins": origins })))
}
