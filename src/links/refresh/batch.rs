//! Refreshes every link that is due.
//!
//! Three loops run side by side. One takes leases a few links ahead, one calls Amazon up to the allowed concurrency,
//! one writes results in groups. Profiles that are due are read after them.
//!
//! The queues between them are short, so memory does not grow with the number of links. Calls do not wait for the
//! database. The transactions are few and short, so pages can write between them.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::RevocationOutcome;
use crate::links::refresh::model::{LeasedLink, RecordedRefresh, RefreshOutcome, SkipReason, UpstreamSignal};
use crate::links::refresh::record::record_outcome;
use crate::links::refresh::renew::{RefreshContext, RefreshTurn, renew_tokens};
use crate::links::refresh::revoke::{EndedLink, revoke_link};
use crate::links::refresh::schedule::RefreshPace;
use crate::links::refresh::store;
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::random_byte;
use crate::platform::jobs::lease::Lease;
use crate::platform::metrics::Refresh;

/// The most results in one transaction.
const RECORDED_AT_ONCE: usize = 32;
/// The pause after another copy took the same links at the same moment.
const AFTER_A_COLLISION: Duration = Duration::from_millis(20);

/// What a batch has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct BatchProgress {
    /// Links that were handled, with any result.
    pub done: usize,
    pub renewed: usize,
    /// Links that were revoked: they ended or lost their tokens.
    pub revoked: usize,
    /// Links to be tried again: Amazon gave no usable answer, or the mass-revocation guard kept them.
    pub put_off: usize,
    /// Links whose player has to link again.
    pub need_reconnect: usize,
    /// How long Amazon must not be called, if that ended the batch.
    pub backoff: Option<Duration>,
}

pub async fn due_links(app: &App) -> Result<i64, Fault> {
    let now = app.clock.now();
    app.db.read(move |conn| store::count_due(conn, now)).await
}

/// Runs one batch to its end, and calls `report_progress` after each write.
///
/// Any number of copies may run it at the same time, because each link is under one lease.
pub async fn refresh_batch(
    app: &App,
    report_progress: &(dyn Fn(BatchProgress) + Sync),
) -> Result<BatchProgress, Fault> {
    RefreshBatch::begin(app, &Mutex::default(), &CancellationToken::new()).run(report_progress).await
}

/// One batch of a worker.
pub(super) struct RefreshBatch<'a> {
    pub(super) app: &'a App,
    pub(super) context: RefreshContext,
    pace: &'a Mutex<RefreshPace>,
    stop: &'a CancellationToken,
}

/// The result of one link, for the progress.
enum RefreshedLink {
    Recorded(Box<RecordedRefresh>),
    Ended(Result<EndedLink, Fault>),
}

impl<'a> RefreshBatch<'a> {
    pub fn begin(app: &'a App, pace: &'a Mutex<RefreshPace>, stop: &'a CancellationToken) -> Self {
        pace.lock().unwrap_or_else(PoisonError::into_inner).begin();
        Self { app, context: RefreshContext::of(app), pace, stop }
    }

    pub async fn run(
        &self,
        report_progress: &(dyn Fn(BatchProgress) + Sync),
    ) -> Result<BatchProgress, Fault> {
        let concurrency = self.app.config.limits.refresh.concurrency;
        let (claimed, mut queue) = mpsc::channel(concurrency);
        let (done, results) = mpsc::channel(RECORDED_AT_ONCE);
        let calls = async move {
            let queue = stream::poll_fn(|task| queue.poll_recv(task));
            queue
                .map(|leased| self.refresh_link(leased, &done))
                .buffer_unordered(concurrency)
                .for_each(ready)
                .await;
        };
        let (claiming, (), written) =
            tokio::join!(self.claim(claimed, concurrency), calls, self.write(results, report_progress));
        claiming?;
        let written = written?;
        self.read_profiles().await?;
        Ok(BatchProgress { backoff: self.backoff(), ..written })
    }

    /// Takes leases until nothing is due. It waits while the queue of calls is full.
    async fn claim(&self, claimed: mpsc::Sender<LeasedLink>, concurrency: usize) -> Result<(), Fault> {
        let limit = i64::try_from(concurrency).unwrap_or(i64::MAX);
        while !self.has_ended() {
            let lease = Lease::new(&self.app.clock, self.app.config.limits.refresh.lease);
            let (found, links) = self
                .app
                .db
                .write(move |conn| {
                    let due = store::due_links(conn, &lease, limit)?;
                    Ok((due.len(), store::lease_due(conn, &due, &lease)?))
                })
                .await?;
            if found == 0 {
                return Ok(());
            }
            if links.is_empty() {
                sleep(AFTER_A_COLLISION).await;
            }
            for leased in links {
                if claimed.send(leased).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn refresh_link(&self, leased: LeasedLink, done: &mpsc::Sender<RefreshedLink>) {
        let turn = if self.may_call(&leased) {
            renew_tokens(&self.context, &leased).await
        } else {
            RefreshTurn::Outcome(RefreshOutcome::Skipped(SkipReason::BatchOver))
        };
        let result = match turn {
            RefreshTurn::Outcome(outcome) => {
                self.note_outcome(&outcome);
                let at = self.app.clock.now();
                RefreshedLink::Recorded(Box::new(RecordedRefresh {
                    leased,
                    outcome,
                    at,
                    jitter: random_byte(),
                }))
            }
            RefreshTurn::Revoked(request) => {
                self.adapt_pace(UpstreamSignal::Answer);
                RefreshedLink::Ended(revoke_link(self.app, &leased, request.as_deref()).await)
            }
        };
        // The receiver lives as long as there are senders.
        let _ = done.send(result).await;
    }

    /// False after a stop, while Amazon must not be called, and for a lease that may expire during the call.
    fn may_call(&self, leased: &LeasedLink) -> bool {
        !self.has_ended() && Instant::now() + self.app.config.limits.upstream.total < leased.ends
    }

    pub(super) fn has_ended(&self) -> bool {
        self.stop.is_cancelled() || self.backoff().is_some()
    }

    fn backoff(&self) -> Option<Duration> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).backoff()
    }

    pub(super) fn note_outcome(&self, outcome: &RefreshOutcome) {
        match outcome {
            RefreshOutcome::Renewed(_) => self.adapt_pace(UpstreamSignal::Answer),
            RefreshOutcome::NotNow(signal) => self.adapt_pace(*signal),
            RefreshOutcome::Skipped(SkipReason::CircuitOpen(left)) => {
                self.adapt_pace(UpstreamSignal::CircuitOpen(*left));
            }
            RefreshOutcome::KeyLost | RefreshOutcome::Skipped(SkipReason::BatchOver | SkipReason::Busy) => {}
        }
    }

    pub(super) fn adapt_pace(&self, signal: UpstreamSignal) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).note_signal(signal);
    }

    /// Writes the results that have arrived, up to the limit at once, until all senders are gone.
    async fn write(
        &self,
        mut results: mpsc::Receiver<RefreshedLink>,
        report_progress: &(dyn Fn(BatchProgress) + Sync),
    ) -> Result<BatchProgress, Fault> {
        let mut progress = BatchProgress::default();
        let mut failed = None;
        let mut received = Vec::with_capacity(RECORDED_AT_ONCE);
        while results.recv_many(&mut received, RECORDED_AT_ONCE).await > 0 {
            let mut outcomes = Vec::with_capacity(received.len());
            for done in received.drain(..) {
                match done {
                    RefreshedLink::Recorded(one) => outcomes.push(*one),
                    RefreshedLink::Ended(Ok(ended)) => progress.count_ended(ended),
                    RefreshedLink::Ended(Err(fault)) => failed = Some(fault),
                }
            }
            let outcomes = Arc::new(outcomes);
            match record_outcome(&self.app.db, self.app.config.limits.refresh.check_every, &outcomes).await {
                Ok(_) => outcomes.iter().for_each(|one| progress.count_outcome(&one.outcome)),
                Err(fault) => {
                    self.app.metrics.refreshes.add_many(Refresh::NotStored, outcomes.len());
                    failed = Some(fault);
                }
            }
            report_progress(progress);
        }
        failed.map_or(Ok(progress), Err)
    }
}

impl BatchProgress {
    fn count_outcome(&mut self, outcome: &RefreshOutcome) {
        match outcome {
            RefreshOutcome::Renewed(renewed) if renewed.lacks_scope => self.need_reconnect += 1,
            RefreshOutcome::Renewed(_) => self.renewed += 1,
            RefreshOutcome::KeyLost => self.need_reconnect += 1,
            RefreshOutcome::NotNow(_) => self.put_off += 1,
            RefreshOutcome::Skipped(_) => return,
        }
        self.done += 1;
    }

    fn count_ended(&mut self, ended: EndedLink) {
        match ended {
            EndedLink::Link(RevocationOutcome::Ended | RevocationOutcome::Kept) => self.revoked += 1,
            EndedLink::Link(RevocationOutcome::NotThere) => {}
            EndedLink::KeptByGuard => self.put_off += 1,
            EndedLink::AnswerLost => self.need_reconnect += 1,
        }
        self.done += 1;
    }
}
