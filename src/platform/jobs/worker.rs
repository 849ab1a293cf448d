//! Workers: background work in passes, from start-up until a stop signal.

use std::future::ready;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::{CancellationToken, DropGuard};

use crate::platform::clock::Clock;
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::{random_byte, spread};
use crate::platform::metrics::{Metrics, Pass, WorkerName};

/// The least pause after a pass that failed.
const AFTER_A_FAULT: Duration = Duration::from_secs(10);
/// The same where the database could not serve it. That passes by itself, often within seconds.
const AFTER_A_SHORTAGE: Duration = Duration::from_secs(2);
/// How long stopping waits, unless a worker needs longer.
const GRACE: Duration = Duration::from_secs(5);

/// The work of a worker.
pub trait Job: Send + 'static {
    /// The label in metrics.
    const NAME: WorkerName;

    /// Runs one pass, which begins nothing new after `stop`.
    ///
    /// Returns the pause before the next pass, or `None` for the interval.
    fn run_pass(
        &mut self,
        stop: &CancellationToken,
    ) -> impl Future<Output = Result<Option<Duration>, Fault>> + Send;

    /// Logs a pass that failed.
    fn report(fault: &Fault);

    /// The least pause before the next pass, also after one that failed.
    fn least_pause(&self) -> Duration {
        Duration::ZERO
    }

    /// Finishes the work under way after the stop signal.
    fn finish(&mut self) -> impl Future<Output = Result<(), Fault>> + Send {
        ready(Ok(()))
    }
}

/// A running worker. It starts no new work after the stop signal, or once its `Worker` is dropped.
pub struct Worker {
    task: JoinHandle<()>,
    stop: DropGuard,
    grace: Duration,
}

impl Worker {
    /// The schedule of a worker whose passes are `interval` apart. The first begins at once.
    pub fn every(interval: Duration) -> Schedule {
        Schedule { interval, parts: None, is_delayed: false, after_a_fault: AFTER_A_FAULT, grace: GRACE }
    }

    /// A worker that the settings leave without work.
    pub fn idle() -> Self {
        Self::spawn(Duration::ZERO, |_| async {})
    }

    fn spawn<W>(grace: Duration, work: impl FnOnce(CancellationToken) -> W) -> Self
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let stop = CancellationToken::new();
        Self { task: tokio::spawn(work(stop.clone())), stop: stop.drop_guard(), grace }
    }

    /// Sends the stop signal and waits for up to the grace period.
    ///
    /// Unfinished work is aborted; its lease expires and another worker takes it.
    pub async fn stop(self) {
        drop(self.stop);
        let mut task = self.task;
        if timeout(self.grace, &mut task).await.is_err() {
            task.abort();
        }
    }
}

/// When a worker runs, and how it stops.
#[must_use = "it runs nothing until it is started"]
pub struct Schedule {
    interval: Duration,
    parts: Option<u32>,
    is_delayed: bool,
    after_a_fault: Duration,
    grace: Duration,
}

impl Schedule {
    /// Changes each interval by at most one part of `parts`, so that copies do not run in step.
    pub fn give_or_take(self, parts: u32) -> Self {
        Self { parts: Some(parts), ..self }
    }

    /// Lets the first pass wait for the interval, too.
    pub fn delayed(self) -> Self {
        Self { is_delayed: true, ..self }
    }

    /// Sets how long stopping waits for work under way.
    pub fn stopping_within(self, grace: Duration) -> Self {
        Self { grace, ..self }
    }

    pub fn start(self, metrics: Arc<Metrics>, clock: Clock, job: impl Job) -> Worker {
        Worker::spawn(self.grace, |stop| async move { self.run(&metrics, &clock, job, &stop).await })
    }

    async fn run<J: Job>(&self, metrics: &Metrics, clock: &Clock, mut job: J, stop: &CancellationToken) {
        if self.is_delayed {
            pause(stop, self.next_interval()).await;
        }
        while !stop.is_cancelled() {
            let passed = job.run_pass(stop).await;
            let outcome = if passed.is_ok() { Pass::Well } else { Pass::Fault };
            metrics.pass(J::NAME, outcome, clock.now().timestamp());
            let wait = match passed {
                Ok(wait) => wait.unwrap_or_else(|| self.next_interval()),
                Err(fault) => {
                    J::report(&fault);
                    let least = match fault.shortage() {
                        Some(_) => self.after_a_fault.min(AFTER_A_SHORTAGE),
                        None => self.after_a_fault,
                    };
                    self.next_interval().max(least)
                }
            };
            pause(stop, wait.max(job.least_pause())).await;
        }
        if let Err(fault) = job.finish().await {
            J::report(&fault);
        }
    }

    fn next_interval(&self) -> Duration {
        self.parts.map_or(self.interval, |parts| spread(self.interval, parts, random_byte()))
    }
}

/// Waits for `pause`, or until the stop signal.
async fn pause(stop: &CancellationToken, pause: Duration) {
    stop.run_until_cancelled(sleep(pause)).await;
}

#[cfg(test)]
mod tests {
    use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

    use super::*;

    const SOON: Duration = Duration::from_millis(1);
    const NEVER: Duration = Duration::from_hours(24);

    /// Reports the number of each pass, and `finished` at the end.
    struct CountingJob {
        passes: u32,
        fails_at: u32,
        next_pause: Option<Duration>,
        reports: UnboundedSender<String>,
    }

    impl Job for CountingJob {
        const NAME: WorkerName = WorkerName::Mail;

        async fn run_pass(&mut self, _: &CancellationToken) -> Result<Option<Duration>, Fault> {
            self.passes += 1;
            let _ = self.reports.send(format!("pass {}", self.passes));
            if self.passes == self.fails_at {
                return Err(Fault::broken("counting", "it fails"));
            }
            Ok(self.next_pause)
        }

        fn report(_: &Fault) {}

        async fn finish(&mut self) -> Result<(), Fault> {
            let _ = self.reports.send("finished".to_owned());
            Ok(())
        }
    }

    fn counting() -> (CountingJob, UnboundedReceiver<String>) {
        let (reports, received) = unbounded_channel();
        (CountingJob { passes: 0, fails_at: 0, next_pause: None, reports }, received)
    }

    fn start(schedule: Schedule, job: CountingJob) -> (Worker, Arc<Metrics>) {
        let metrics = Arc::new(Metrics::new());
        let clock = Clock::standing_at(chrono::DateTime::UNIX_EPOCH);
        (schedule.start(Arc::clone(&metrics), clock, job), metrics)
    }

    async fn hears(received: &mut UnboundedReceiver<String>, wanted: &str) {
        let next = timeout(Duration::from_secs(20), received.recv()).await;
        assert_eq!(next.expect("it comes in time").as_deref(), Some(wanted));
    }

    #[tokio::test]
    async fn it_runs_again_and_again() {
        let (job, mut received) = counting();
        let (worker, _) = start(Worker::every(SOON), job);
        for number in 1..=5 {
            hears(&mut received, &format!("pass {number}")).await;
        }
        worker.stop().await;
    }

    #[tokio::test]
    async fn it_waits_for_the_interval_and_stops_in_the_middle_of_it() {
        let (job, mut received) = counting();
        let (worker, _) = start(Worker::every(NEVER), job);
        hears(&mut received, "pass 1").await;
        worker.stop().await;
        hears(&mut received, "finished").await;
        assert_eq!(received.recv().await, None, "it ends");
    }

    #[tokio::test]
    async fn a_delayed_worker_runs_nothing_before_its_first_interval() {
        let (job, mut received) = counting();
        let (worker, _) = start(Worker::every(NEVER).give_or_take(6).delayed(), job);
        tokio::task::yield_now().await;
        worker.stop().await;
        hears(&mut received, "finished").await;
    }

    #[tokio::test]
    async fn a_pass_decides_on_another_pause() {
        let (mut job, mut received) = counting();
        job.next_pause = Some(Duration::ZERO);
        let (worker, _) = start(Worker::every(NEVER), job);
        for number in 1..=3 {
            hears(&mut received, &format!("pass {number}")).await;
        }
        worker.stop().await;
    }

    #[tokio::test]
    async fn a_pass_that_fails_is_counted_and_followed_by_a_longer_pause() {
        let (mut job, mut received) = counting();
        job.fails_at = 2;
        let (worker, metrics) = start(Worker::every(SOON), job);
        hears(&mut received, "pass 1").await;
        hears(&mut received, "pass 2").await;
        worker.stop().await;
        hears(&mut received, "finished").await;
        for outcome in ["well", "fault"] {
            let series = format!("worker_passes_total{{worker=\"mail\",outcome=\"{outcome}\"}} 1");
            assert!(metrics.text().contains(&series), "{}", metrics.text());
        }
    }

    #[tokio::test]
    async fn a_worker_survives_a_pass_that_fails() {
        let (mut job, mut received) = counting();
        job.fails_at = 1;
        let (worker, _) = start(Schedule { after_a_fault: SOON, ..Worker::every(SOON) }, job);
        for number in 1..=3 {
            hears(&mut received, &format!("pass {number}")).await;
        }
        worker.stop().await;
    }

    #[tokio::test]
    async fn a_worker_without_work_stops_at_once() {
        Worker::idle().stop().await;
    }
}
