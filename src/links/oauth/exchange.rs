//! From a callback to an identity that Amazon has proven, with its tokens.
//!
//! The three calls to Amazon use no database connection. Every failure becomes a refusal for the person; the log
//! names its class for the operator.

use chrono::TimeDelta;

use crate::links::model::{Attempt, ExchangedIdentity, LinkRefusal, VERIFIER, place_in_attempt};
use crate::lwa::{
    CallbackResult, ClientRegistration, LwaError, LwaErrorKind, TokenProvenance, missing_scopes,
};
use crate::platform::fault::Stop;
use crate::web::RequestContext;

pub(in crate::links) async fn exchange_code(
    context: &RequestContext,
    attempt: &Attempt,
    outcome: CallbackResult,
) -> Result<ExchangedIdentity, Stop<LinkRefusal>> {
    let app = &context.app;
    let (code, granted) = match outcome {
        CallbackResult::Code { code, granted } => (code, granted),
        CallbackResult::Declined => return Err(Stop::Refused(LinkRefusal::Declined)),
        CallbackResult::Malformed => return Err(Stop::Refused(LinkRefusal::AttemptUnknown)),
        CallbackResult::Misconfigured(class) => {
            tracing::error!(
                event = "links.oauth.client_rejected",
                lwa.error = class.as_str(),
                "the authorization response rejects the portal's client"
            );
            return Err(Stop::Refused(LinkRefusal::AmazonMisconfigured));
        }
        CallbackResult::UpstreamError(class) => {
            tracing::warn!(
                event = "links.oauth.authorization_failed",
                lwa.error = class.as_str(),
                "the authorization response reports an error"
            );
            return Err(Stop::Refused(LinkRefusal::AmazonUnavailable));
        }
    };
    if !missing_scopes(app.lwa.essential_scopes(), granted.as_deref()).is_empty() {
        return Err(Stop::Refused(LinkRefusal::ScopeMissing));
    }
    let sealed = attempt.verifier_sealed.as_deref().unwrap_or_default();
    let verifier = app.vault.open(&place_in_attempt(VERIFIER, &attempt.id), sealed).map_err(|fault| {
        tracing::error!(event = "links.oauth.verifier_unreadable", %fault, "opening a PKCE verifier failed");
        Stop::Refused(LinkRefusal::AttemptUnknown)
    })?;
    // The time before the call, so that the duration of the call shortens the token's life (S88).
    let asked_at = app.clock.now();
    let tokens = app.lwa.exchange(&code, &verifier).await;
    let tokens = tokens.map_err(|error| upstream_refusal("oauth.exchange", &error))?;
    let from = TokenProvenance::Exchanged(ClientRegistration::Web);
    let identity = app.lwa.identify(&tokens.access, from).await;
    let identity = identity.map_err(|error| upstream_refusal("oauth.identify", &error))?;
    let lasts = TimeDelta::from_std(tokens.expires_in).unwrap_or_default();
    Ok(ExchangedIdentity {
        amazon_id: identity.user_id,
        name: identity.name,
        email: identity.email,
        postal_code: identity.postal_code,
        client_id: identity.client_id,
        scopes: granted.unwrap_or_else(|| app.lwa.scopes().join(" ")),
        access: tokens.access,
        refresh: tokens.refresh,
        access_expires_at: asked_at + lasts,
    })
}

/// Maps a failed call to a refusal for the person, and logs it for the operator (S87).
fn upstream_refusal(operation: &'static str, error: &LwaError) -> Stop<LinkRefusal> {
    error.log(operation);
    Stop::Refused(match error.kind() {
        LwaErrorKind::InvalidGrant => LinkRefusal::AttemptUnknown,
        LwaErrorKind::ScopeMissing => LinkRefusal::ScopeMissing,
        LwaErrorKind::Misconfigured => LinkRefusal::AmazonMisconfigured,
        LwaErrorKind::Contradiction
        | LwaErrorKind::NotAuthentic
        | LwaErrorKind::Unavailable { .. }
        | LwaErrorKind::Busy => LinkRefusal::AmazonUnavailable,
    })
}
