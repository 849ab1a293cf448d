//! Begins an attempt: stores its row and builds the authorization request.

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use url::Url;

use crate::links::model::{Purpose, VERIFIER, place_in_attempt};
use crate::links::store::{self, Bearer, NewAttempt};
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
const TRIPS_PER_MINUTE: u32 = 120;

/// Stores an attempt and returns the authorization address at Amazon.
pub(in crate::links) async fn begin_attempt(
    visit: &RequestContext,
    purpose: Purpose,
    next: Option<NextAddress>,
) -> Result<Url, Stop<BeginAttemptRefusal>> {
    let app = &visit.app;
    let budget = network_budget(visit, "amazon-trip");
    if let RateVerdict::Refused { retry_after } = app.throttle.take(vec![budget], visit.now).await? {
        return Err(Stop::Refused(BeginAttemptRefusal::TooMany { retry_after }));
    }
    let trip = app.lwa.authorize()?;
    let state = OpaqueToken::parse(trip.state.expose_secret())
        .ok_or_else(|| Fault::broken("beginning an attempt", "the state is not a token"))?;
    let id = AttemptId::new(visit.now);
    // A sign-in is bound to the browser alone, because it must work from every page, signed in or not.
    let viewer = visit.current_player.as_ref().filter(|_| purpose != Purpose::SignIn);
    let attempt = NewAttempt {
        state_hash: state.hash().as_str().to_owned(),
        purpose,
        browser_hash: visit.browser_hash().as_str().to_owned(),
        session: viewer.map(|viewer| viewer.session.id.clone()),
        player: viewer.map(|viewer| viewer.player.id.clone()),
        verifier_sealed: app.vault.seal(&place_in_attempt(VERIFIER, &id), &trip.verifier)?,
        next: next.map(|next| next.as_str().to_owned()),
        at: visit.now,
        expires_at: visit.now + app.config.sessions.attempt_holds_for,
        id,
    };
    let open = app.config.sessions.attempts_per_browser;
    app.db
        .write_or_refuse(move |conn| match store::begin(conn, &attempt, open) {
            Err(error) if is_foreign_key_violation(&error) => {
                Err(Stop::Refused(BeginAttemptRefusal::SessionEnded))
            }
            begun => Ok(begun?),
        })
        .await?;
    Ok(trip.url)
}

/// What the network may do as often as it may begin attempts.
pub(super) fn network_budget(visit: &RequestContext, what: &str) -> RateBudget {
    RateBudget {
        limit: Limit::AmazonTrips,
        id: format!("{what}:{}", visit.caller.network()),
        free: TRIPS_PER_MINUTE,
        window: TimeDelta::minutes(1),
        then: OverBudget::Wait,
    }
}

/// The browser, session and player of this request, which an attempt must match (S41).
pub(in crate::links) fn bearer(visit: &RequestContext) -> Bearer {
    let viewer = visit.current_player.as_ref();
    Bearer {
        browser_hash: visit.browser_hash().as_str().to_owned(),
        session: viewer.map(|viewer| viewer.session.id.clone()),
        player: viewer.map(|viewer| viewer.player.id.clone()),
    }
}
