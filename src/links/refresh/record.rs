//! Writes the results of refreshes.
//!
//! Amazon may have invalidated the old refresh token with its answer. A new one is therefore written again and again
//! while the lease lasts. Nobody else asks Amazon until then, and the database may recover (S70).

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use serde_json::json;
use tokio::time::{Instant, sleep};

use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::refresh::model::{RecordedRefresh, RefreshOutcome, SkipReason, UpstreamSignal};
use crate::links::refresh::schedule::{next_check, plan_next_check};
use crate::links::refresh::{mass_revocation_guard, store};
use crate::links::{LinkState, StateCause};
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::platform::db::{Conn, Db, on_commit};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Refresh;

/// The pause between two tries to write.
const PAUSE: Duration = Duration::from_millis(200);

/// Writes all of `settled` in one transaction. Returns for each whether the link still matched the snapshot.
///
/// A fault is returned only after the first of their leases has ended.
pub(super) async fn record_outcome(
    db: &Db,
    every: TimeDelta,
    settled: &Arc<Vec<RecordedRefresh>>,
) -> Result<Vec<bool>, Fault> {
    let Some(ends) = settled.iter().map(|one| one.leased.ends).min() else { return Ok(Vec::new()) };
    check_again_at(ends, || {
        let settled = Arc::clone(settled);
        db.write(move |conn| write_outcome(conn, &settled, every))
    })
    .await
}

/// Repeats `attempt` until it succeeds or the lease has ended, so that a short database outage loses no answer of
/// Amazon.
pub(super) async fn check_again_at<T, F>(ends: Instant, attempt: impl Fn() -> F) -> Result<T, Fault>
where
    F: Future<Output = Result<T, Fault>>,
{
    let mut tries = 0_u32;
    loop {
        match attempt().await {
            Ok(done) if tries == 0 => return Ok(done),
            Ok(done) => {
                tracing::warn!(event = "links.refresh.result_stored_late", tries, "a result was stored late");
                return Ok(done);
            }
            Err(fault) if Instant::now() + PAUSE >= ends => {
                tracing::error!(
                    event = "links.refresh.result_lost",
                    alert = "refresh_lost",
                    tries,
                    %fault,
                    "storing the result of a refresh failed until the lease ended"
                );
                return Err(fault);
            }
            Err(fault) => {
                if tries == 0 {
                    tracing::error!(
                        event = "links.refresh.result_not_stored",
                        alert = "refresh_not_stored",
                        %fault,
                        "storing the result of a refresh failed and will be tried again"
                    );
                }
                tries += 1;
                sleep(PAUSE).await;
            }
        }
    }
}

fn write_outcome(conn: &mut Conn, settled: &[RecordedRefresh], every: TimeDelta) -> Result<Vec<bool>, Fault> {
    let written: Result<Vec<RecordWritten>, Fault> =
        settled.iter().map(|one| write_one(conn, one, every)).collect();
    let written = written?;
    let renewed = written.iter().filter(|one| one.word == Some(Refresh::Renewed)).count();
    if let (Some(one), 1..) = (settled.first(), renewed) {
        mass_revocation_guard::count_renewed(
            conn,
            i64::try_from(renewed).unwrap_or_default(),
            one.at,
            one.chance,
        )?;
    }
    for (one, written) in settled.iter().zip(&written) {
        if let Some(word) = written.word {
            on_commit(move |metrics| metrics.refreshes.add(word));
        }
        if let Some(change) = written.change {
            change.tell(conn, &one.leased.row.sent.player, one.at)?;
        }
    }
    Ok(written.into_iter().map(|one| one.is_done).collect())
}

/// The effect of writing one result.
struct RecordWritten {
    /// False if the link no longer matches the snapshot.
    is_done: bool,
    /// The label in metrics.
    word: Option<Refresh>,
    change: Option<RecordChange>,
}

impl RecordWritten {
    fn as_word(word: Refresh) -> Self {
        Self { is_done: true, word: Some(word), change: None }
    }
}

fn write_one(conn: &mut Conn, one: &RecordedRefresh, every: TimeDelta) -> Result<RecordWritten, Fault> {
    let RecordedRefresh { leased, outcome, at, chance } = one;
    let (at, later) = (*at, next_check(*at, every, *chance));
    match outcome {
        RefreshOutcome::Renewed(renewed) => {
            if !store::store_renewed(conn, leased, renewed, at, later)? {
                return Ok(RecordWritten { is_done: false, word: Some(Refresh::Superseded), change: None });
            }
            let word = if renewed.lacks_scope { Refresh::NeedsReconnect } else { Refresh::Renewed };
            let change = match (leased.row.state, renewed.lacks_scope) {
                (LinkState::Active, true) => Some(RecordChange::NeedsReconnect(StateCause::ScopeMissing)),
                (LinkState::NeedsReconnect, false) => Some(RecordChange::Reconnected),
                _ => None,
            };
            Ok(RecordWritten { change, ..RecordWritten::as_word(word) })
        }
        RefreshOutcome::KeyLost => {
            let seen = (&leased.row.sent.link, leased.row.sent.token_version);
            let is_news = store::needs_reconnect(conn, seen, StateCause::KeyLost, at)?;
            store::give_back(conn, &leased.row.sent, later)?;
            let change = is_news.then_some(RecordChange::NeedsReconnect(StateCause::KeyLost));
            Ok(RecordWritten { change, ..RecordWritten::as_word(Refresh::NeedsReconnect) })
        }
        RefreshOutcome::NotNow(heard) => {
            store::put_off(
                conn,
                &leased.row.sent,
                plan_next_check(at, leased.row.failures, *heard, *chance),
                None,
            )?;
            Ok(RecordWritten::as_word(outcome_word(*heard)))
        }
        RefreshOutcome::Unasked(why) => {
            let until = match why {
                SkipReason::Over | SkipReason::CircuitOpen(_) => at,
                // Without a pause the same batch would lease the link again at once.
                SkipReason::Busy => at + TimeDelta::seconds(1),
            };
            store::give_back(conn, &leased.row.sent, until)?;
            let word = (*why != SkipReason::Over).then_some(Refresh::Busy);
            Ok(RecordWritten { is_done: true, word, change: None })
        }
    }
}

fn outcome_word(heard: UpstreamSignal) -> Refresh {
    match heard {
        UpstreamSignal::Throttled { .. } => Refresh::Throttled,
        UpstreamSignal::ClientRefused => Refresh::Misconfigured,
        UpstreamSignal::Answer | UpstreamSignal::Nothing { .. } | UpstreamSignal::CircuitOpen(_) => {
            Refresh::Unavailable
        }
    }
}

/// A change of a link's state without its player, for game servers and the audit log.
#[derive(Clone, Copy)]
pub(super) enum RecordChange {
    Reconnected,
    NeedsReconnect(StateCause),
}

impl RecordChange {
    /// Writes audit record and link event at the end of the transaction, because the feed serializes transactions.
    pub fn tell(self, conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> Result<(), Fault> {
        let (audited, told, cause) = match self {
            Self::Reconnected => (Kind::LinkReconnected, link_events::Kind::Reconnected, None),
            Self::NeedsReconnect(cause) => {
                (Kind::LinkNeedsReconnect, link_events::Kind::ReconnectNeeded, Some(cause.as_str()))
            }
        };
        let record = AuditEvent::new(at, audited, Actor::System, "refresher").on(player);
        audit::append_event(conn, &record.with(json!({ "cause": cause })))?;
        let told = NewLinkEvent { at, kind: told, player: player.clone(), actor: Actor::System, cause };
        Ok(link_events::record_event(conn, &told)?)
    }
}
