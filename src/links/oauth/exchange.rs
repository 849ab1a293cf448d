//! From a callback to an identity that Amazon has proven, with its tokens.
//!
//! The three calls to Amazon use no database connection. Every failure becomes a refusal for the person; the log
//! names its class for the operator.

use chrono::TimeDelta;

use crate::links::model::{Attempt, ExchangedIdentity, LinkRefusal, VERIFIER, place_in_attempt};
use crate::lwa::{self, CallbackResult, ClientRegistration, TokenProvenance, missing_scopes};
use crate::platform::fault::Stop;
use crate::web::RequestContext;

pub(in crate::links) async fn exchange_code(
    visit: &RequestContext,
    attempt: &Attempt,
    outcome: CallbackResult,
) -> Result<ExchangedIdentity, Stop<LinkRefusal>> {
    let app = &visit.app;
    let (code, granted) = match outcome {
        CallbackResult::Code { code, granted } => (code, granted),
        CallbackResult::Declined => return Err(Stop::Refused(LinkRefusal::Declined)),
        CallbackResult::Nonsense => return Err(Stop::Refused(LinkRefusal::AttemptUnknown)),
        CallbackResult::Misconfigured(class) => {
            tracing::error!(lwa.error = class.word(), "Amazon refuses our client");
            return Err(Stop::Refused(LinkRefusal::AmazonMisconfigured));
        }
        CallbackResult::UpstreamError(class) => {
            tracing::warn!(lwa.error = class.word(), "Amazon could not");
            return Err(Stop::Refused(LinkRefusal::AmazonUnavailable));
        }
    };
    if !missing_scopes(app.lwa.scopes(), granted.as_deref()).is_empty() {
        return Err(Stop::Refused(LinkRefusal::ScopeMissing));
    }
    let sealed = attempt.verifier_sealed.as_deref().unwrap_or_default();
    let verifier = app.vault.open(&place_in_attempt(VERIFIER, &attempt.id), sealed).map_err(|why| {
        tracing::error!(fault = %why, "the secret of a trip will not open; it has to be begun again");
        Stop::Refused(LinkRefusal::AttemptUnknown)
    })?;
    // The time before the call, so that the duration of the call shortens the token's life (S88).
    let asked_at = app.clock.now();
    let tokens = app.lwa.exchange(&code, &verifier).await.map_err(|error| upstream_refusal(visit, &error))?;
    let from = TokenProvenance::Exchanged(ClientRegistration::Web);
    let identity =
        app.lwa.identify(&tokens.access, from).await.map_err(|error| upstream_refusal(visit, &error))?;
    let lasts = TimeDelta::from_std(tokens.expires_in).unwrap_or_default();
    Ok(ExchangedIdentity {
        amazon_id: identity.user_id,
        name: identity.name,
        email: identity.email,
        client_id: identity.client_id,
        scopes: granted.unwrap_or_else(|| app.lwa.scopes().join(" ")),
        access: tokens.access,
        refresh: tokens.refresh,
        access_expires_at: asked_at + lasts,
    })
}

/// Maps a failed call to a refusal for the person, and logs its class for the operator (S87).
fn upstream_refusal(visit: &RequestContext, error: &lwa::LwaError) -> Stop<LinkRefusal> {
    let (class, request_id) = (error.class().word(), error.request_id());
    let reference = visit.reference.as_str();
    let refused = match error.kind() {
        lwa::LwaErrorKind::InvalidGrant => LinkRefusal::AttemptUnknown,
        lwa::LwaErrorKind::ScopeMissing => LinkRefusal::ScopeMissing,
        lwa::LwaErrorKind::Misconfigured => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon refuses our client"
            );
            LinkRefusal::AmazonMisconfigured
        }
        lwa::LwaErrorKind::Contradiction => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon contradicts itself"
            );
            LinkRefusal::AmazonUnavailable
        }
        lwa::LwaErrorKind::NotAuthentic | lwa::LwaErrorKind::Unavailable { .. } | lwa::LwaErrorKind::Busy => {
            tracing::warn!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon could not"
            );
            LinkRefusal::AmazonUnavailable
        }
    };
    Stop::Refused(refused)
}
