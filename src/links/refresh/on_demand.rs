//! Serves requests for a token or for a check of a link.
//!
//! A stored token that is valid long enough is returned. Otherwise the request that takes the lease calls Amazon, in
//! its own task, so that a client's disconnect loses no rotated token. Other requests wait for the new version for at
//! most three seconds, without a database connection.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::{Instant, sleep, timeout};

use crate::app::App;
use crate::links::refresh::model::{
    AccessTokenRefusal, CheckedLink, FreshToken, LeasedLink, RecordedRefresh, RefreshOutcome, RenewedTokens,
    SeenLink, SkipReason, UpstreamSignal,
};
use crate::links::refresh::record::{RecordChange, record_outcome};
use crate::links::refresh::renew::{RefreshContext, RefreshTurn, open_access_token, renew_tokens};
use crate::links::refresh::revoke::{EndedLink, revoke_link};
use crate::links::refresh::schedule::plan_next_check;
use crate::links::refresh::store;
use crate::links::{LinkState, RevocationOutcome, StateCause};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::jobs::backoff::random_byte;
use crate::platform::jobs::lease::Lease;

/// How long other requests wait for the one that calls Amazon (S70).
const WAIT: Duration = Duration::from_secs(3);
/// How often a waiting request reads the link.
const READ_EVERY: Duration = Duration::from_millis(100);
const SOON: Duration = Duration::from_secs(1);

/// Returns an access token that is valid for longer than `refresh.skew`: the stored one, or a new one.
///
/// A new one is used even if it lives shorter than that, by the others as well that waited for it.
///
/// A link without a refresh token gives its token until that expires; then its player has to link again. A disabled
/// player's tokens are not returned, even if the player was disabled during the call to Amazon.
pub async fn fresh_token(app: &App, player: &PlayerId) -> Result<FreshToken, Stop<AccessTokenRefusal>> {
    let (deadline, length) = (Instant::now() + WAIT, app.config.limits.refresh.lease);
    loop {
        let seen = read_link(app, player).await?;
        if seen.player_is_disabled {
            return Err(Stop::Refused(AccessTokenRefusal::NoLink));
        }
        let now = app.clock.now();
        if seen.state != LinkState::Active {
            return Err(not_active(seen.state, seen.since));
        }
        let skew = app.config.limits.refresh.skew;
        let margin = if seen.is_renewable { seen.margin(skew) } else { chrono::TimeDelta::zero() };
        let is_good = seen.is_valid_beyond(now, margin);
        if is_good && let Some(token) = stored_token(app, &seen) {
            return Ok(token);
        }
        if !seen.is_renewable {
            let cause = if is_good { StateCause::KeyLost } else { StateCause::TokenEnded };
            return Err(player_must_reconnect(app, seen, cause).await?);
        }
        if let Some(retry_after) = seen.retry_in(now) {
            return Err(retry_later(retry_after));
        }
        match try_refresh(app, &seen).await? {
            RefreshResult::Token(_) if read_link(app, player).await?.player_is_disabled => {
                return Err(Stop::Refused(AccessTokenRefusal::NoLink));
            }
            RefreshResult::Token(token) => return Ok(token),
            RefreshResult::State(Some(state), since) => return Err(not_active(state, since)),
            RefreshResult::State(None, _) => return Err(Stop::Refused(AccessTokenRefusal::NoLink)),
            RefreshResult::Later(retry_after) => return Err(retry_later(retry_after)),
            RefreshResult::Changed => {}
            RefreshResult::Busy => sleep(READ_EVERY).await,
        }
        if Instant::now() >= deadline {
            return Err(retry_later(seen.leased_for(now, length).unwrap_or(SOON)));
        }
    }
}

/// Calls Amazon about the link once, even if the stored token is valid, and returns the resulting state.
pub async fn check_now(app: &App, player: &PlayerId) -> Result<CheckedLink, Stop<AccessTokenRefusal>> {
    let (deadline, length) = (Instant::now() + WAIT, app.config.limits.refresh.lease);
    let mut before = None;
    loop {
        let seen = read_link(app, player).await?;
        let now = app.clock.now();
        if seen.state == LinkState::Revoked {
            return Err(not_active(seen.state, seen.since));
        }
        // Another request has refreshed the link meanwhile.
        if *before.get_or_insert(seen.token_version) != seen.token_version {
            return Ok(CheckedLink { state: Some(seen.state), was_asked: true, at: now });
        }
        if !seen.is_renewable {
            if seen.state == LinkState::Active && !seen.is_valid_beyond(now, chrono::TimeDelta::zero()) {
                player_must_reconnect(app, seen, StateCause::TokenEnded).await?;
                return Ok(CheckedLink { state: Some(LinkState::NeedsReconnect), was_asked: false, at: now });
            }
            return Ok(CheckedLink { state: Some(seen.state), was_asked: false, at: now });
        }
        match try_refresh(app, &seen).await? {
            RefreshResult::Token(_) => {
                let state = Some(LinkState::Active);
                return Ok(CheckedLink { state, was_asked: true, at: app.clock.now() });
            }
            RefreshResult::State(state, at) => return Ok(CheckedLink { state, was_asked: true, at }),
            RefreshResult::Later(retry_after) => return Err(retry_later(retry_after)),
            RefreshResult::Changed => {}
            RefreshResult::Busy => sleep(READ_EVERY).await,
        }
        if Instant::now() >= deadline {
            return Err(retry_later(seen.leased_for(now, length).unwrap_or(SOON)));
        }
    }
}

async fn read_link(app: &App, player: &PlayerId) -> Result<Arc<SeenLink>, Stop<AccessTokenRefusal>> {
    let player = player.clone();
    let seen = app.db.read(move |conn| store::read_link(conn, &player)).await?;
    seen.map(Arc::new).ok_or(Stop::Refused(AccessTokenRefusal::NoLink))
}

fn not_active(state: LinkState, since: DateTime<Utc>) -> Stop<AccessTokenRefusal> {
    Stop::Refused(AccessTokenRefusal::NotActive { state, since })
}

/// `Retry-After` counts whole seconds, so the wait is at least one.
fn retry_later(retry_after: Duration) -> Stop<AccessTokenRefusal> {
    Stop::Refused(AccessTokenRefusal::TryLater { retry_after: retry_after.max(SOON) })
}

/// The stored access token, if it opens. Otherwise the refresh token may still open (S66).
fn stored_token(app: &App, seen: &SeenLink) -> Option<FreshToken> {
    let owner = (&seen.link, &seen.player, seen.amazon_id.as_str());
    Some(FreshToken {
        token: open_access_token(&app.vault, owner, seen.access_sealed.as_deref()?)?,
        expires_at: seen.access_expires_at?,
        scopes: seen.scopes.clone(),
        amazon_id: seen.amazon_id.clone(),
        client_id: seen.client_id.clone(),
    })
}

/// Marks a link without a refresh token as needing its player, and returns that refusal.
async fn player_must_reconnect(
    app: &App,
    seen: Arc<SeenLink>,
    cause: StateCause,
) -> Result<Stop<AccessTokenRefusal>, Fault> {
    let at = app.clock.now();
    app.db
        .write(move |conn| {
            if store::mark_needs_reconnect(conn, (&seen.link, seen.token_version), cause, at)? {
                RecordChange::NeedsReconnect(cause).write_events(conn, &seen.player, at)?;
            }
            Ok(())
        })
        .await?;
    Ok(not_active(LinkState::NeedsReconnect, at))
}

/// The result of trying to refresh.
enum RefreshResult {
    Token(FreshToken),
    /// No token: the link has this state now, or is gone.
    State(Option<LinkState>, DateTime<Utc>),
    Later(Duration),
    /// The link no longer matches what was read, so the caller reads it again.
    Changed,
    /// Another request has the lease.
    Busy,
}

async fn try_refresh(app: &App, seen: &Arc<SeenLink>) -> Result<RefreshResult, Stop<AccessTokenRefusal>> {
    let length = app.config.limits.refresh.lease;
    if seen.leased_for(app.clock.now(), length).is_some() {
        return Ok(RefreshResult::Busy);
    }
    let lease = Lease::new(&app.clock, length);
    let leased_link = app
        .db
        .write({
            let seen = Arc::clone(seen);
            move |conn| Ok(store::lease_link(conn, &seen, &lease)?)
        })
        .await?;
    let Some(leased) = leased_link else { return Ok(RefreshResult::Busy) };
    let context = RefreshContext::of(app);
    let (db, every) = (app.db.clone(), app.config.limits.refresh.check_every);
    let turn = tokio::spawn({
        let leased = leased.clone();
        async move {
            match renew_tokens(&context, &leased).await {
                RefreshTurn::Revoked(request) => Ok(Err(request)),
                RefreshTurn::Outcome(outcome) => {
                    let one =
                        RecordedRefresh { leased, outcome, at: context.clock.now(), jitter: random_byte() };
                    let refreshes = Arc::new(vec![one]);
                    let is_written = record_outcome(&db, every, &refreshes).await?.contains(&true);
                    Ok::<_, Fault>(Ok((refreshes, is_written)))
                }
            }
        }
    });
    // The call itself is bounded; this limits the wait for a database that does not accept the result.
    let Ok(turn) = timeout(app.config.limits.upstream.total + WAIT, turn).await else {
        return Ok(RefreshResult::Later(SOON));
    };
    match turn.map_err(|error| Fault::broken("refreshing a link", error))?? {
        Err(request) => end_link(app, &leased, request.as_deref()).await,
        Ok((refreshes, is_written)) => {
            Ok(refreshes.first().map_or(RefreshResult::Changed, |one| result_of(seen, one, is_written)))
        }
    }
}

fn result_of(seen: &SeenLink, one: &RecordedRefresh, is_written: bool) -> RefreshResult {
    match &one.outcome {
        _ if !is_written => RefreshResult::Changed,
        RefreshOutcome::Renewed(renewed) if renewed.lacks_scope => {
            RefreshResult::State(Some(LinkState::NeedsReconnect), one.at)
        }
        RefreshOutcome::Renewed(renewed) => RefreshResult::Token(fresh_token_of(seen, renewed)),
        RefreshOutcome::KeyLost => RefreshResult::State(Some(LinkState::NeedsReconnect), one.at),
        RefreshOutcome::NotNow(signal) => RefreshResult::Later(retry_wait(one, *signal)),
        RefreshOutcome::Skipped(SkipReason::CircuitOpen(left)) => RefreshResult::Later(*left),
        RefreshOutcome::Skipped(SkipReason::BatchOver | SkipReason::Busy) => RefreshResult::Later(SOON),
    }
}

fn fresh_token_of(seen: &SeenLink, renewed: &RenewedTokens) -> FreshToken {
    FreshToken {
        token: renewed.token.clone(),
        expires_at: renewed.expires_at,
        scopes: renewed.scopes.clone().unwrap_or_else(|| seen.scopes.clone()),
        amazon_id: seen.amazon_id.clone(),
        client_id: seen.client_id.clone(),
    }
}

fn retry_wait(one: &RecordedRefresh, signal: UpstreamSignal) -> Duration {
    let again = plan_next_check(one.at, one.leased.row.failures, signal, one.jitter);
    (again.retry_at - one.at).to_std().unwrap_or(SOON)
}

async fn end_link(
    app: &App,
    leased: &LeasedLink,
    request: Option<&str>,
) -> Result<RefreshResult, Stop<AccessTokenRefusal>> {
    let at = app.clock.now();
    Ok(match revoke_link(app, leased, request).await? {
        EndedLink::Link(RevocationOutcome::Ended) => RefreshResult::State(None, at),
        EndedLink::Link(RevocationOutcome::Kept) => RefreshResult::State(Some(LinkState::Revoked), at),
        EndedLink::Link(RevocationOutcome::NotThere) => RefreshResult::Changed,
        EndedLink::KeptByGuard => RefreshResult::Later(Duration::from_mins(1)),
        EndedLink::AnswerLost => RefreshResult::State(Some(LinkState::NeedsReconnect), at),
    })
}
