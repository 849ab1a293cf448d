//! Begins an attempt: stores its row and builds the authorization request.

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use url::Url;

use crate::links::model::{Purpose, VERIFIER, place_in_attempt};
use crate::links::store::{self, AttemptOwner, NewAttempt};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::crypto::token::OpaqueToken;
use crate::platform::db::is_foreign_key_violation;
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::AttemptId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};
use crate::web::{NextAddress, RequestContext};

/// Why an attempt is not begun.
#[derive(Debug)]
pub(in crate::links) enum BeginAttemptRefusal {
    /// The network has begun too many; it may begin the next one after so many seconds (S20).
    TooMany { retry_after: i64 },
    /// The session ended meanwhile.
    SessionEnded,
}

/// Attempts that a network may begin in a minute. A tournament behind one address stays below; a loop does not.
const ATTEMPTS_PER_MINUTE: u32 = 120;

/// Stores an attempt and returns the authorization address at Amazon.
pub(in crate::links) async fn begin_attempt(
    context: &RequestContext,
    purpose: Purpose,
    next: Option<NextAddress>,
) -> Result<Url, Stop<BeginAttemptRefusal>> {
    let app = &context.app;
    let budget = network_budget(context, "amazon-trip");
    if let RateVerdict::Refused { retry_after } = app.throttle.take(vec![budget], context.now).await? {
        return Err(Stop::Refused(BeginAttemptRefusal::TooMany { retry_after }));
    }
    let request = app.lwa.authorize()?;
    let state = OpaqueToken::parse(request.state.expose_secret())
        .ok_or_else(|| Fault::broken("beginning an attempt", "the state is not a token"))?;
    let id = AttemptId::new(context.now);
    // A sign-in is bound to the browser alone, because it must work from every page, signed in or not.
    let current_player = context.current_player.as_ref().filter(|_| purpose != Purpose::SignIn);
    let attempt = NewAttempt {
        state_hash: state.hash().as_str().to_owned(),
        purpose,
        browser_hash: context.browser_hash().as_str().to_owned(),
        session: current_player.map(|current| current.session.id.clone()),
        player: current_player.map(|current| current.player.id.clone()),
        verifier_sealed: app.vault.seal(&place_in_attempt(VERIFIER, &id), &request.verifier)?,
        next: next.map(|next| next.as_str().to_owned()),
        at: context.now,
        expires_at: context.now + app.config.sessions.attempt_holds_for,
        id,
    };
    let open = app.config.sessions.attempts_per_browser;
    app.db
        .write_or_refuse(move |conn| match store::insert_attempt(conn, &attempt, open) {
            Err(error) if is_foreign_key_violation(&error) => {
                Err(Stop::Refused(BeginAttemptRefusal::SessionEnded))
            }
            begun => Ok(begun?),
        })
        .await?;
    Ok(request.url)
}

/// What the network may do as often as it may begin attempts.
pub(super) fn network_budget(context: &RequestContext, what: &str) -> RateBudget {
    let network = context.app.keys.lookup.hash(LookupPurpose::Network, &context.caller.network());
    RateBudget {
        limit: Limit::AmazonAttempts,
        id: format!("{what} network {network}"),
        free: ATTEMPTS_PER_MINUTE,
        window: TimeDelta::minutes(1),
        then: OverBudget::Wait,
    }
}

/// The browser, session and player of this request, which an attempt must match (S41).
pub(in crate::links) fn attempt_owner(context: &RequestContext) -> AttemptOwner {
    let current_player = context.current_player.as_ref();
    AttemptOwner {
        browser_hash: context.browser_hash().as_str().to_owned(),
        session: current_player.map(|current| current.session.id.clone()),
        player: current_player.map(|current| current.player.id.clone()),
    }
}
