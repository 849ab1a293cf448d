//! Refreshes every link that is due.
//!
//! Three loops run side by side. One takes leases a few links ahead, one calls Amazon up to the allowed concurrency,
//! one writes results in groups.
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
const WRITTEN_AT_ONCE: usize = 32;
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
    /// How long Amazon must not be asked, if that ended the batch.
    pub rest: Option<Duration>,
}

pub async fn due_links(app: &App) -> Result<i64, Fault> {
    let now = app.clock.now();
    app.db.read(move |conn| store::count_due(conn, now)).await
}

/// Runs one batch to its end, and reports progress to `told`.
///
/// Any number of copies may run it at the same time, because each link is under one lease.
pub async fn refresh_batch(app: &App, told: &(dyn Fn(BatchProgress) + Sync)) -> Result<BatchProgress, Fault> {
    RefreshBatch::begin(app, &Mutex::default(), &CancellationToken::new()).run(told).await
}

/// One batch of a worker.
pub(super) struct RefreshBatch<'a> {
    app: &'a App,
    hands: RefreshContext,
    pace: &'a Mutex<RefreshPace>,
    stop: &'a CancellationToken,
}

/// The result of one link, for the progress.
enum RefreshedLink {
    Settled(Box<RecordedRefresh>),
    Ended(Result<EndedLink, Fault>),
}

impl<'a> RefreshBatch<'a> {
    pub fn begin(app: &'a App, pace: &'a Mutex<RefreshPace>, stop: &'a CancellationToken) -> Self {
        pace.lock().unwrap_or_else(PoisonError::into_inner).begin();
        Self { app, hands: RefreshContext::of(app), pace, stop }
    }

    pub async fn run(&self, told: &(dyn Fn(BatchProgress) + Sync)) -> Result<BatchProgress, Fault> {
        let many = self.app.config.limits.refresh.concurrency;
        let (reserved, mut queue) = mpsc::channel(many);
        let (done, results) = mpsc::channel(WRITTEN_AT_ONCE);
        let calls = async move {
            let queue = stream::poll_fn(|context| queue.poll_recv(context));
            queue.map(|leased| self.turn(leased, &done)).buffer_unordered(many).for_each(ready).await;
        };
        let (claimed, (), written) =
            tokio::join!(self.claim(reserved, many), calls, self.write(results, told));
        claimed?;
        Ok(BatchProgress { rest: self.rest(), ..written? })
    }

    /// Takes leases until nothing is due. It waits while the queue of calls is full.
    async fn claim(&self, reserved: mpsc::Sender<LeasedLink>, many: usize) -> Result<(), Fault> {
        let limit = i64::try_from(many).unwrap_or(i64::MAX);
        while !self.is_over() {
            let lease = Lease::new(&self.app.clock, self.app.config.limits.refresh.lease);
            let (found, taken) = self
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
            if taken.is_empty() {
                sleep(AFTER_A_COLLISION).await;
            }
            for leased in taken {
                if reserved.send(leased).await.is_err() {
                    return Ok(());
                }
            }
        }
        Ok(())
    }

    async fn turn(&self, leased: LeasedLink, done: &mpsc::Sender<RefreshedLink>) {
        let came = if self.may_ask(&leased) {
            renew_tokens(&self.hands, &leased).await
        } else {
            RefreshTurn::Came(RefreshOutcome::Unasked(SkipReason::Over))
        };
        let result = match came {
            RefreshTurn::Came(outcome) => {
                self.note(&outcome);
                let at = self.app.clock.now();
                RefreshedLink::Settled(Box::new(RecordedRefresh {
                    leased,
                    outcome,
                    at,
                    chance: random_byte(),
                }))
            }
            RefreshTurn::Revoked(request) => {
                self.hear(UpstreamSignal::Answer);
                RefreshedLink::Ended(revoke_link(self.app, &leased, request.as_deref()).await)
            }
        };
        // The receiver lives as long as there are senders.
        let _ = done.send(result).await;
    }

    /// False after a stop, while Amazon must not be asked, and for a lease that may expire during the call.
    fn may_ask(&self, leased: &LeasedLink) -> bool {
        !self.is_over() && Instant::now() + self.app.config.limits.upstream.total < leased.ends
    }

    fn is_over(&self) -> bool {
        self.stop.is_cancelled() || self.rest().is_some()
    }

    fn rest(&self) -> Option<Duration> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).rest()
    }

    fn note(&self, outcome: &RefreshOutcome) {
        match outcome {
            RefreshOutcome::Renewed(_) => self.hear(UpstreamSignal::Answer),
            RefreshOutcome::NotNow(heard) => self.hear(*heard),
            RefreshOutcome::Unasked(SkipReason::CircuitOpen(left)) => {
                self.hear(UpstreamSignal::CircuitOpen(*left));
            }
            RefreshOutcome::KeyLost | RefreshOutcome::Unasked(SkipReason::Over | SkipReason::Busy) => {}
        }
    }

    fn hear(&self, heard: UpstreamSignal) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).note(heard);
    }

    /// Writes the results that have arrived, up to the limit at once, until all senders are gone.
    async fn write(
        &self,
        mut results: mpsc::Receiver<RefreshedLink>,
        told: &(dyn Fn(BatchProgress) + Sync),
    ) -> Result<BatchProgress, Fault> {
        let mut progress = BatchProgress::default();
        let mut failed = None;
        let mut come = Vec::with_capacity(WRITTEN_AT_ONCE);
        while results.recv_many(&mut come, WRITTEN_AT_ONCE).await > 0 {
            let mut settled = Vec::with_capacity(come.len());
            for done in come.drain(..) {
                match done {
                    RefreshedLink::Settled(one) => settled.push(*one),
                    RefreshedLink::Ended(Ok(ended)) => progress.ended(ended),
                    RefreshedLink::Ended(Err(fault)) => failed = Some(fault),
                }
            }
            let settled = Arc::new(settled);
            match record_outcome(&self.app.db, self.app.config.limits.refresh.check_every, &settled).await {
                Ok(_) => settled.iter().for_each(|one| progress.settled(&one.outcome)),
                Err(fault) => {
                    self.app.metrics.refreshes.add_many(Refresh::NotStored, settled.len());
                    failed = Some(fault);
                }
            }
            told(progress);
        }
        failed.map_or(Ok(progress), Err)
    }
}

impl BatchProgress {
    fn settled(&mut self, outcome: &RefreshOutcome) {
        match outcome {
            RefreshOutcome::Renewed(renewed) if renewed.lacks_scope => self.need_reconnect += 1,
            RefreshOutcome::Renewed(_) => self.renewed += 1,
            RefreshOutcome::KeyLost => self.need_reconnect += 1,
            RefreshOutcome::NotNow(_) => self.put_off += 1,
            RefreshOutcome::Unasked(_) => return,
        }
        self.done += 1;
    }

    fn ended(&mut self, ended: EndedLink) {
        match ended {
            EndedLink::Link(RevocationOutcome::Ended | RevocationOutcome::Kept) => self.revoked += 1,
            EndedLink::Link(RevocationOutcome::NotThere) => {}
            EndedLink::Held => self.put_off += 1,
        }
        self.done += 1;
    }
}
