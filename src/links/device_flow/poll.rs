//! One linking's turn: Amazon is asked once, and what it says is written under the lease.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players;
use crate::app::App;
use crate::links::device_flow::model::{Kept, KeptTokens, Outcome, Taken};
use crate::links::device_flow::store;
use crate::links::{self, Hands, Joined, Joining, NotJoined, NotProven};
use crate::lwa::{self, Answered};
use crate::platform::fault::{Fault, Stop};

/// What the time between two questions grows by when Amazon finds us too fast (RFC 8628 §3.5).
const SLOWER: TimeDelta = TimeDelta::seconds(5);
/// How long whose tokens have come is asked again, and how often: the pair is spent, so nobody can begin anew with it.
const PROVE_WITHIN: TimeDelta = TimeDelta::minutes(10);
const PROVE_EVERY: TimeDelta = TimeDelta::seconds(5);
/// How often a lost race is run again.
const TRIES: u32 = 5;

/// How it ended, if it did.
pub(super) async fn turn(app: &App, taken: &Taken) -> Result<Option<Outcome>, Fault> {
    let asked_at = app.clock.now();
    if asked_at >= taken.expires_at {
        return finish(app, taken, Outcome::Expired).await;
    }
    let kept = match Kept::open(&app.vault, taken) {
        Ok(kept) => kept,
        Err(fault) => {
            // S66: one row that will not open is a code to be asked for again.
            tracing::error!(fault = %fault, "what a linking asks with will not open");
            return finish(app, taken, Outcome::Failed).await;
        }
    };
    if let Some(tokens) = kept.tokens {
        return settle(app, taken, tokens, taken.expires_at).await;
    }
    match app.lwa.ask_pair(&kept.device_code.as_str().into(), &kept.user_code).await {
        Ok(Answered::Pending) => put_off(app, taken, taken.interval, taken.interval).await,
        Ok(Answered::SlowDown) => {
            let slower = taken.interval + SLOWER;
            put_off(app, taken, slower, slower).await
        }
        Ok(Answered::Denied) => finish(app, taken, Outcome::Denied).await,
        Ok(Answered::Expired) => finish(app, taken, Outcome::Expired).await,
        Ok(Answered::Tokens(tokens)) => {
            let until = asked_at + PROVE_WITHIN;
            let tokens = KeptTokens::of(&tokens, asked_at);
            let kept = Kept { tokens: Some(tokens), ..kept };
            let sealed = kept.seal(&app.vault, &taken.id, &taken.player)?;
            let row = taken.clone();
            // On record before anything else: whatever stops us now, the next turn goes on with them.
            let is_ours =
                app.db.write(move |conn| Ok::<_, Fault>(store::keep(conn, &row, &sealed, until)?)).await?;
            match kept.tokens.filter(|_| is_ours) {
                Some(tokens) => settle(app, taken, tokens, until).await,
                None => Ok(None),
            }
        }
        Err(error) => not_answered(app, taken, &error).await,
    }
}

async fn not_answered(app: &App, taken: &Taken, error: &lwa::Error) -> Result<Option<Outcome>, Fault> {
    let (class, request_id) = (error.class().word(), error.request_id());
    let reference = taken.reference.as_str();
    let wait = match error.kind() {
        lwa::Kind::Misconfigured => {
            tracing::error!(
                request.reference = reference,
                lwa.error = class,
                lwa.request_id = request_id,
                "Amazon refuses our device client"
            );
            return finish(app, taken, Outcome::Failed).await;
        }
        lwa::Kind::Unavailable { retry_after } => retry_after,
        _ => None,
    };
    tracing::debug!(request.reference = reference, lwa.error = class, "Amazon does not say how a code fares");
    let wait = wait.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
    put_off(app, taken, taken.interval.max(wait), taken.interval).await
}

/// Whose tokens are they, and what follows.
async fn settle(
    app: &App,
    taken: &Taken,
    tokens: KeptTokens,
    until: DateTime<Utc>,
) -> Result<Option<Outcome>, Fault> {
    let allowed = match links::prove(app, &taken.reference, tokens.grant()).await {
        Ok(allowed) => allowed,
        Err(NotProven::Never) => return finish(app, taken, Outcome::Failed).await,
        Err(NotProven::Later) => {
            let longer = Taken { expires_at: until, ..taken.clone() };
            return put_off(app, &longer, PROVE_EVERY, taken.interval).await;
        }
    };
    for _ in 0..TRIES {
        let now = app.clock.now();
        let hands = Hands {
            at: now,
            reference: taken.reference.clone(),
            network: taken.network.clone(),
            player: Some(taken.player.clone()),
            proven_at: None,
            session: None,
        };
        let joining = Joining::prepare(app, &hands, &taken.player, taken.created_at, &allowed).await?;
        let outcome = match joining.joined() {
            Joined::Linked => Outcome::Linked,
            Joined::AlreadyLinked => Outcome::AlreadyLinked,
            Joined::Taken => Outcome::Taken,
            Joined::PlayerHasAnother => Outcome::PlayerHasAnother,
        };
        let row = taken.clone();
        let written = app
            .db
            .write(move |conn| {
                // The player's row first, as everywhere.
                if !players::store::hold(conn, &row.player)? {
                    return Err(Stop::Refused(Lost::Disabled));
                }
                if !store::finish(conn, &row, outcome, now)? {
                    return Err(Stop::Refused(Lost::Lease));
                }
                joining.write(conn).map_err(|stop| match stop {
                    Stop::Refused(why) => Stop::Refused(Lost::Joining(why)),
                    Stop::Fault(fault) => Stop::Fault(fault),
                })
            })
            .await;
        match written {
            Ok(()) => {
                ended(app, taken, outcome);
                return Ok(Some(outcome));
            }
            Err(Stop::Refused(Lost::Joining(NotJoined::Race))) => {}
            Err(Stop::Refused(Lost::Joining(NotJoined::Unlinked))) => {
                return finish(app, taken, Outcome::Expired).await;
            }
            Err(Stop::Refused(Lost::Disabled)) => return finish(app, taken, Outcome::Failed).await,
            Err(Stop::Refused(Lost::Lease)) => return Ok(None),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    finish(app, taken, Outcome::Failed).await
}

/// Why the transaction did not go through.
enum Lost {
    Disabled,
    /// The linking has ended meanwhile, or another copy has it.
    Lease,
    Joining(NotJoined),
}

async fn put_off(
    app: &App,
    taken: &Taken,
    wait: TimeDelta,
    interval: TimeDelta,
) -> Result<Option<Outcome>, Fault> {
    // From the answer on: a question that was long on its way must not make the next one early.
    let (row, next) = (taken.clone(), app.clock.now() + wait);
    app.db.write(move |conn| Ok::<_, Fault>(store::put_off(conn, &row, next, interval)?)).await?;
    Ok(None)
}

async fn finish(app: &App, taken: &Taken, outcome: Outcome) -> Result<Option<Outcome>, Fault> {
    let (row, now) = (taken.clone(), app.clock.now());
    let is_ours = app.db.write(move |conn| Ok::<_, Fault>(store::finish(conn, &row, outcome, now)?)).await?;
    if !is_ours {
        return Ok(None);
    }
    ended(app, taken, outcome);
    Ok(Some(outcome))
}

fn ended(app: &App, taken: &Taken, outcome: Outcome) {
    app.metrics.code_linkings.add(outcome.as_str());
    let (reference, outcome) = (taken.reference.as_str(), outcome.as_str());
    tracing::info!(request.reference = reference, player.id = %taken.player, outcome, "a linking by code ended");
}
