//! Writes the results of refreshes.
//!
//! Amazon may have invalidated the old refresh token with its answer. Writing the new one is therefore retried until
//! the lease ends. No other request calls Amazon before that, and the database may recover (S70).

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
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::metrics::Refresh;

/// The pause between two tries to write.
const PAUSE: Duration = Duration::from_millis(200);

/// Writes all of `refreshes` in one transaction. Returns for each whether the link still matched the snapshot.
///
/// A fault is returned only after the first of their leases has ended.
pub(super) async fn record_outcome(
    db: &Db,
    every: TimeDelta,
    refreshes: &Arc<Vec<RecordedRefresh>>,
) -> Result<Vec<bool>, Fault> {
    let Some(ends) = refreshes.iter().map(|one| one.leased.ends).min() else { return Ok(Vec::new()) };
    retry_until(ends, || {
        let refreshes = Arc::clone(refreshes);
        db.write(move |conn| write_outcome(conn, &refreshes, every))
    })
    .await
}

/// Repeats `attempt` until it succeeds or the lease has ended, so that a short database outage loses no answer of
/// Amazon.
pub(super) async fn retry_until<T, F>(ends: Instant, attempt: impl Fn() -> F) -> Result<T, Fault>
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

fn write_outcome(
    conn: &mut Conn,
    refreshes: &[RecordedRefresh],
    every: TimeDelta,
) -> Result<Vec<bool>, Fault> {
    let written: Result<Vec<RecordWritten>, Fault> =
        refreshes.iter().map(|one| write_result(conn, one, every)).collect();
    let written = written?;
    let renewed = written.iter().filter(|one| one.label == Some(Refresh::Renewed)).count();
    if let (Some(one), 1..) = (refreshes.first(), renewed) {
        mass_revocation_guard::count_renewed(
            conn,
            i64::try_from(renewed).unwrap_or_default(),
            one.at,
            one.jitter,
        )?;
    }
    if let Some(one) = refreshes.first() {
        let renewed = refreshes.iter().zip(&written).filter(|(_, one)| one.label == Some(Refresh::Renewed));
        let links: Vec<&LinkId> = renewed.map(|(one, _)| &one.leased.row.snapshot.link).collect();
        store::schedule_profiles(conn, &links, one.at)?;
    }
    for (one, written) in refreshes.iter().zip(&written) {
        if let Some(label) = written.label {
            on_commit(move |metrics| metrics.refreshes.add(label));
        }
        if let Some(change) = written.change {
            change.write_events(conn, &one.leased.row.snapshot.player, one.at)?;
        }
    }
    Ok(written.into_iter().map(|one| one.is_done).collect())
}

/// The effect of writing one result.
struct RecordWritten {
    /// False if the link no longer matches the snapshot.
    is_done: bool,
    /// The label in metrics.
    label: Option<Refresh>,
    change: Option<RecordChange>,
}

impl RecordWritten {
    fn labelled(label: Refresh) -> Self {
        Self { is_done: true, label: Some(label), change: None }
    }
}

fn write_result(conn: &mut Conn, one: &RecordedRefresh, every: TimeDelta) -> Result<RecordWritten, Fault> {
    let RecordedRefresh { leased, outcome, at, jitter } = one;
    let (at, later) = (*at, next_check(*at, every, *jitter));
    match outcome {
        RefreshOutcome::Renewed(renewed) => {
            if !store::store_renewed(conn, leased, renewed, at, later)? {
                return Ok(RecordWritten { is_done: false, label: Some(Refresh::Superseded), change: None });
            }
            let label = if renewed.lacks_scope { Refresh::NeedsReconnect } else { Refresh::Renewed };
            let change = match (leased.row.state, renewed.lacks_scope) {
                (LinkState::Active, true) => Some(RecordChange::NeedsReconnect(StateCause::ScopeMissing)),
                (LinkState::NeedsReconnect, false) => Some(RecordChange::Reconnected),
                _ => None,
            };
            Ok(RecordWritten { change, ..RecordWritten::labelled(label) })
        }
        RefreshOutcome::KeyLost => {
            let seen = (&leased.row.snapshot.link, leased.row.snapshot.token_version);
            let is_changed = store::mark_needs_reconnect(conn, seen, StateCause::KeyLost, at)?;
            store::release_lease(conn, &leased.row.snapshot, later)?;
            let change = is_changed.then_some(RecordChange::NeedsReconnect(StateCause::KeyLost));
            Ok(RecordWritten { change, ..RecordWritten::labelled(Refresh::NeedsReconnect) })
        }
        RefreshOutcome::NotNow(signal) => {
            store::postpone_check(
                conn,
                &leased.row.snapshot,
                plan_next_check(at, leased.row.failures, *signal, *jitter),
                None,
            )?;
            Ok(RecordWritten::labelled(label_of(*signal)))
        }
        RefreshOutcome::Skipped(why) => {
            let until = match why {
                SkipReason::BatchOver | SkipReason::CircuitOpen(_) => at,
                // Without a pause the same batch would lease the link again at once.
                SkipReason::Busy => at + TimeDelta::seconds(1),
            };
            store::release_lease(conn, &leased.row.snapshot, until)?;
            let label = (*why != SkipReason::BatchOver).then_some(Refresh::Busy);
            Ok(RecordWritten { is_done: true, label, change: None })
        }
    }
}

fn label_of(signal: UpstreamSignal) -> Refresh {
    match signal {
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
    pub fn write_events(self, conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> Result<(), Fault> {
        let (audited, link_event, cause) = match self {
            Self::Reconnected => (Kind::LinkReconnected, link_events::Kind::Reconnected, None),
            Self::NeedsReconnect(cause) => {
                (Kind::LinkNeedsReconnect, link_events::Kind::ReconnectNeeded, Some(cause.as_str()))
            }
        };
        let record = AuditEvent::new(at, audited, Actor::System, "refresher").on(player);
        audit::append_event(conn, &record.with(json!({ "cause": cause })))?;
        let link_event =
            NewLinkEvent { at, kind: link_event, player: player.clone(), actor: Actor::System, cause };
        Ok(link_events::record_event(conn, &link_event)?)
    }
}
