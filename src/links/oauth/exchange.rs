//! From what a browser brought back to an identity that Amazon has proven, with its tokens.
//!
//! Calls Amazon three times and holds nothing of the database meanwhile. Every failure becomes a word for the
//! person; the operator reads its class in the log.

use chrono::TimeDelta;

use crate::links::model::{Arrived, Attempt, Refused, VERIFIER, place_in_attempt};
use crate::lwa::{self, Outcome, Provenance, Registration, missing_scopes};
use crate::platform::fault::Stop;
use crate::web::Visit;

/// From a callback to a proven identity with its tokens.
pub(in crate::links) async fn arrive(
    visit: &Visit,
    attempt: &Attempt,
    outcome: Outcome,
) -> Result<Arrived, Stop<Refused>> {
    let app = &visit.app;
    let (code, granted) = match outcome {
        Outcome::Code { code, granted } => (code, granted),
        Outcome::Declined => return Err(Stop::Refused(Refused::Declined)),
        Outcome::Nonsense => return Err(Stop::Refused(Refused::AttemptUnknown)),
        Outcome::Misconfigured(class) => {
            tracing::error!(lwa.error = class.word(), "Amazon refuses our client");
            return Err(Stop::Refused(Refused::AmazonMisconfigured));
        }
        Outcome::UpstreamError(class) => {
            tracing::warn!(lwa.error = class.word(), "Amazon could not");
            return Err(Stop::Refused(Refused::AmazonUnavailable));
        }
    };
    if !missing_scopes(app.lwa.scopes(), granted.as_deref()).is_empty() {
        return Err(Stop::Refused(Refused::ScopeMissing));
    }
    let sealed = attempt.verifier_sealed.as_deref().unwrap_or_default();
    let verifier = app.vault.open(&place_in_attempt(VERIFIER, &attempt.id), sealed).map_err(|why| {
        tracing::error!(fault = %why, "the secret of a trip will not open; it has to be begun again");
        Stop::Refused(Refused::AttemptUnknown)
    })?;
    // From before the call on, so that the answer's way here counts against the token (S88).
    let asked_at = app.clock.now();
    let tokens = app.lwa.exchange(&code, &verifier).await.map_err(|error| upstream(visit, &error))?;
    let from = Provenance::Exchanged(Registration::Web);
    let identity = app.lwa.identify(&tokens.access, from).await.map_err(|error| upstream(visit, &error))?;
    let lasts = TimeDelta::from_std(tokens.expires_in).unwrap_or_default();
    Ok(Arrived {
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

/// What a failed call to Amazon means to the person; the operator reads the class in the log (S87).
fn upstream(visit: &Visit, error: &lwa::Error) -> Stop<Refused> {
    let (class, request_id) = (error.class().word(), error.request_id());
    let reference = visit.reference.as_str();
    let refused = match error.kind() {
        lwa::Kind::InvalidGrant => Refused::AttemptUnknown,
        lwa::Kind::ScopeMissing => Refused::ScopeMissing,
        lwa::Kind::Misconfigured => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon refuses our client"
            );
            Refused::AmazonMisconfigured
        }
        lwa::Kind::Contradiction => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon contradicts itself"
            );
            Refused::AmazonUnavailable
        }
        lwa::Kind::NotAuthentic | lwa::Kind::Unavailable { .. } | lwa::Kind::Busy => {
            tracing::warn!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon could not"
            );
            Refused::AmazonUnavailable
        }
    };
    Stop::Refused(refused)
}
