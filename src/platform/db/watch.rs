//! One use of a connection, shared by the thread inside libpq and the task that waits for that thread.
//!
//! Every wait for the server is limited here (S92). A frozen server, or one whose packets are lost, neither
//! answers nor disconnects, and libpq has no timeout for a statement. A thread inside libpq cannot be
//! interrupted, so the task abandons it: its permit becomes free, and the connection is never used again.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use diesel::connection::{Instrumentation, InstrumentationEvent};
use diesel::result::Error;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{sleep, sleep_until};

use crate::platform::db::connection::WaitDeadline;
use crate::platform::db::error_mapping;
use crate::platform::fault::{Fault, Shortage};

/// The state that the thread and the task share.
pub(super) struct Watch(Mutex<State>);

#[derive(Default)]
struct State {
    /// Permits that are kept until the use ends.
    permits: Vec<OwnedSemaphorePermit>,
    /// When the wait for the server is given up; `None` while nothing is asked.
    gives_up_at: Option<Instant>,
    /// How long connecting may take.
    connecting: Duration,
    /// How long a statement may be unanswered.
    silence: Duration,
    seen: Seen,
    is_over: bool,
}

/// What a use revealed about its connection.
#[derive(Clone, Copy, Default)]
pub(super) struct Seen {
    /// When the server last answered, also with an error.
    pub(super) answered_at: Option<Instant>,
    /// Whether the connection was lost or abandoned.
    pub(super) is_lost: bool,
    is_abandoned: bool,
}

impl Watch {
    /// A use that keeps `permits` until it ends.
    ///
    /// It waits for a new connection until `deadline`, and for the answer to a statement no longer than `silence`.
    pub(super) fn with(
        permits: Vec<OwnedSemaphorePermit>,
        deadline: WaitDeadline,
        silence: Duration,
    ) -> Arc<Self> {
        let connecting = deadline.silence();
        Arc::new(Self(Mutex::new(State { permits, connecting, silence, ..State::default() })))
    }

    /// Notes that the wait for a new connection begins.
    pub(super) fn begin_connecting(&self) {
        let mut state = self.state();
        state.gives_up_at = Some(Instant::now() + state.connecting);
    }

    /// Notes that the wait for the answer to a statement begins.
    pub(super) fn begin(&self) {
        let mut state = self.state();
        state.gives_up_at = Some(Instant::now() + state.silence);
    }

    /// Notes that the wait has ended, with an error if there was one.
    pub(super) fn end(&self, error: Option<&Error>) {
        let mut state = self.state();
        state.gives_up_at = None;
        if error.is_some_and(error_mapping::is_lost_connection) {
            state.seen.is_lost = true;
        } else {
            state.seen.answered_at = Some(Instant::now());
        }
    }

    /// Fails if the use was abandoned, because its caller already got a busy fault.
    pub(super) fn check(&self) -> Result<(), Fault> {
        if self.state().seen.is_abandoned { Err(timeout_fault()) } else { Ok(()) }
    }

    /// Ends the use. Dropping the returned permits frees them.
    pub(super) fn finish(&self) -> (Seen, Vec<OwnedSemaphorePermit>) {
        let mut state = self.state();
        state.is_over = true;
        (state.seen, std::mem::take(&mut state.permits))
    }

    /// Returns once the server has been silent for too long.
    pub(super) async fn silence(&self) {
        let shortest = {
            let state = self.state();
            state.connecting.min(state.silence)
        };
        loop {
            let gives_up_at = self.state().gives_up_at;
            match gives_up_at {
                Some(at) if Instant::now() >= at => return,
                Some(at) => sleep_until(at.into()).await,
                // A wait that begins during this sleep has lasted no longer than the sleep.
                None => sleep(shortest).await,
            }
        }
    }

    /// Abandons the use, and replaces its permits by `instead`, if given. Returns false if it has just ended.
    pub(super) fn abandon(&self, instead: Option<OwnedSemaphorePermit>) -> bool {
        let mut state = self.state();
        if state.is_over {
            return false;
        }
        state.seen.is_abandoned = true;
        state.seen.is_lost = true;
        if let Some(instead) = instead {
            state.permits = vec![instead];
        }
        true
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The fault for a caller whose server is silent.
pub(super) fn timeout_fault() -> Fault {
    Fault::short(Shortage::Answer, "asking the database", "it did not answer in time")
}

/// Reports diesel's events on one connection to the watch of its present use.
#[derive(Clone)]
pub(super) struct ConnectionEvents(Arc<Mutex<Arc<Watch>>>);

impl ConnectionEvents {
    pub(super) fn reported_to(watch: &Arc<Watch>) -> Self {
        Self(Arc::new(Mutex::new(Arc::clone(watch))))
    }

    /// Another use of the connection begins.
    pub(super) fn report_to(&self, watch: &Arc<Watch>) {
        *self.watch() = Arc::clone(watch);
    }

    fn watch(&self) -> MutexGuard<'_, Arc<Watch>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Instrumentation for ConnectionEvents {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        match event {
            InstrumentationEvent::StartQuery { .. } => self.watch().begin(),
            // Diesel also reports this if a statement could not be prepared.
            InstrumentationEvent::FinishQuery { error, .. } => self.watch().end(error),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::future::Future;
    use std::pin::pin;
    use std::task::{Context, Waker};

    use super::*;
    use crate::platform::db::connection::WAIT_LIMIT;

    fn watch() -> Arc<Watch> {
        Watch::with(Vec::new(), WaitDeadline::starting_now(), WAIT_LIMIT)
    }

    fn is_silent(watch: &Watch) -> bool {
        pin!(watch.silence()).poll(&mut Context::from_waker(Waker::noop())).is_ready()
    }

    #[tokio::test]
    async fn only_a_wait_that_is_too_long_is_silence() {
        let watch = watch();
        assert!(!is_silent(&watch));
        watch.begin();
        assert!(!is_silent(&watch));
        watch.state().gives_up_at = Some(Instant::now());
        assert!(is_silent(&watch));
        watch.end(None);
        assert!(!is_silent(&watch) && watch.finish().0.answered_at.is_some());
    }

    #[test]
    fn connecting_takes_what_is_left_and_a_statement_its_own_time() {
        let began = Instant::now();
        let watch = Watch::with(Vec::new(), WaitDeadline::started(Duration::from_secs(2)), WAIT_LIMIT);
        watch.begin_connecting();
        let until = watch.state().gives_up_at.unwrap();
        assert!(until < began + Duration::from_millis(1_500), "three seconds, less those that were waited");
        watch.begin();
        assert!(watch.state().gives_up_at.unwrap() >= began + WAIT_LIMIT);
    }

    #[test]
    fn a_refusal_is_an_answer_and_a_broken_transaction_is_none() {
        let watch = watch();
        watch.end(Some(&Error::NotFound));
        assert!(!watch.finish().0.is_lost);
        watch.end(Some(&Error::BrokenTransactionManager));
        assert!(watch.finish().0.is_lost);
    }

    #[test]
    fn who_is_given_up_goes_no_further_and_who_is_done_cannot_be() {
        let watch = watch();
        assert!(watch.check().is_ok());
        assert!(watch.abandon(None));
        assert!(watch.check().is_err() && watch.finish().0.is_lost);
        let done = self::watch();
        let (seen, _) = done.finish();
        assert!(!done.abandon(None) && !seen.is_lost);
    }
}
