//! A pass over every link that is due.
//!
//! Three loops side by side: one takes leases a few links ahead, one keeps as many calls to Amazon under way as
//! allowed, one writes what came of them, as many at a time as have come. The queues between them are short, so the
//! memory of a pass does not depend on how much there is to do, calls do not wait for the database, and the
//! database sees few and short transactions: pages write in between.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures_util::future::ready;
use futures_util::{StreamExt, stream};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::links::Revoked;
use crate::links::refresh::model::{Heard, Lease, Leased, Outcome, Settled, Why};
use crate::links::refresh::record::{chance, settle};
use crate::links::refresh::renew::{Hands, Turn, renew};
use crate::links::refresh::revoke::{Ended, revoke};
use crate::links::refresh::schedule::Pace;
use crate::links::refresh::store;
use crate::platform::fault::Fault;
use crate::platform::metrics::Refresh;

/// Most that is written in one transaction.
const WRITTEN_AT_ONCE: usize = 32;
/// Before asking again for links that another copy took at the same moment.
const AFTER_A_COLLISION: Duration = Duration::from_millis(20);

/// What a pass has done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    /// Links whose turn has ended, however.
    pub done: usize,
    pub renewed: usize,
    /// Links that ended, or lost their tokens, by Amazon's word.
    pub revoked: usize,
    /// Links that must wait: Amazon gave nothing, or the brake holds them.
    pub put_off: usize,
    /// Links whose player has to link again.
    pub need_reconnect: usize,
    /// How long Amazon wants to be left alone, which ended the pass.
    pub rest: Option<Duration>,
}

/// How many links are due.
pub async fn due(app: &App) -> Result<i64, Fault> {
    let now = app.clock.now();
    app.db.read(move |conn| store::count_due(conn, now)).await
}

/// One pass, to its end. Safe beside others on any copy: each link has one turn.
pub async fn pass(app: &App, told: &(dyn Fn(Progress) + Sync)) -> Result<Progress, Fault> {
    Pass::begin(app, &Mutex::default(), &CancellationToken::new()).run(told).await
}

/// One pass of a worker.
pub(super) struct Pass<'a> {
    app: &'a App,
    hands: Hands,
    pace: &'a Mutex<Pace>,
    stop: &'a CancellationToken,
}

/// What one turn adds to the progress.
enum Done {
    Settled(Box<Settled>),
    Ended(Result<Ended, Fault>),
}

impl<'a> Pass<'a> {
    pub fn begin(app: &'a App, pace: &'a Mutex<Pace>, stop: &'a CancellationToken) -> Self {
        pace.lock().unwrap_or_else(PoisonError::into_inner).begin();
        Self { app, hands: Hands::of(app), pace, stop }
    }

    pub async fn run(&self, told: &(dyn Fn(Progress) + Sync)) -> Result<Progress, Fault> {
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
        Ok(Progress { rest: self.rest(), ..written? })
    }

    /// Takes leases until nothing is due. Waits where the calls are behind.
    async fn claim(&self, reserved: mpsc::Sender<Leased>, many: usize) -> Result<(), Fault> {
        let limit = i64::try_from(many).unwrap_or(i64::MAX);
        while !self.is_over() {
            let now = self.app.clock.now();
            let lease = Lease::new(self.app);
            let (found, taken) = self
                .app
                .db
                .write(move |conn| {
                    let due = store::due(conn, now, limit)?;
                    Ok::<_, Fault>((due.len(), store::lease_due(conn, &due, &lease, now)?))
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

    async fn turn(&self, leased: Leased, done: &mpsc::Sender<Done>) {
        let came = if self.may_ask(&leased) {
            renew(&self.hands, &leased).await
        } else {
            Turn::Came(Outcome::Unasked(Why::Over))
        };
        let result = match came {
            Turn::Came(outcome) => {
                self.note(&outcome);
                let at = self.app.clock.now();
                Done::Settled(Box::new(Settled { leased, outcome, at, chance: chance() }))
            }
            Turn::Revoked(request) => {
                self.hear(Heard::Answer);
                Done::Ended(revoke(self.app, &leased, request.as_deref()).await)
            }
        };
        // The receiver lives as long as there are senders.
        let _ = done.send(result).await;
    }

    /// Not after a stop, not while Amazon is left alone, and not with a lease that may end during the call.
    fn may_ask(&self, leased: &Leased) -> bool {
        !self.is_over() && Instant::now() + self.app.config.limits.upstream.total < leased.lease.ends
    }

    fn is_over(&self) -> bool {
        self.stop.is_cancelled() || self.rest().is_some()
    }

    fn rest(&self) -> Option<Duration> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).rest()
    }

    fn note(&self, outcome: &Outcome) {
        match outcome {
            Outcome::Renewed(_) => self.hear(Heard::Answer),
            Outcome::NotNow(heard) => self.hear(*heard),
            Outcome::Unasked(Why::CircuitOpen(left)) => self.hear(Heard::CircuitOpen(*left)),
            Outcome::KeyLost | Outcome::Unasked(Why::Over | Why::Busy) => {}
        }
    }

    fn hear(&self, heard: Heard) {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner).note(heard);
    }

    /// Writes what has come, all that is there at once, until there are no more turns.
    async fn write(
        &self,
        mut results: mpsc::Receiver<Done>,
        told: &(dyn Fn(Progress) + Sync),
    ) -> Result<Progress, Fault> {
        let mut progress = Progress::default();
        let mut failed = None;
        let mut come = Vec::with_capacity(WRITTEN_AT_ONCE);
        while results.recv_many(&mut come, WRITTEN_AT_ONCE).await > 0 {
            let mut settled = Vec::with_capacity(come.len());
            for done in come.drain(..) {
                match done {
                    Done::Settled(one) => settled.push(*one),
                    Done::Ended(Ok(ended)) => progress.ended(ended),
                    Done::Ended(Err(fault)) => failed = Some(fault),
                }
            }
            let settled = Arc::new(settled);
            match settle(&self.app.db, self.app.config.limits.refresh.check_every, &settled).await {
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

impl Progress {
    fn settled(&mut self, outcome: &Outcome) {
        match outcome {
            Outcome::Renewed(renewed) if renewed.lacks_scope => self.need_reconnect += 1,
            Outcome::Renewed(_) => self.renewed += 1,
            Outcome::KeyLost => self.need_reconnect += 1,
            Outcome::NotNow(_) => self.put_off += 1,
            Outcome::Unasked(_) => return,
        }
        self.done += 1;
    }

    fn ended(&mut self, ended: Ended) {
        match ended {
            Ended::Link(Revoked::Ended | Revoked::Kept) => self.revoked += 1,
            Ended::Link(Revoked::NotThere) => {}
            Ended::Held => self.put_off += 1,
        }
        self.done += 1;
    }
}
