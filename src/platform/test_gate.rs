//! Where a test holds work up, to let something else happen meanwhile.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

/// A gate that work passes. It is open unless a test closes it. Clones are the same gate.
#[derive(Clone, Default)]
pub struct TestGate(Arc<Gate>);

#[derive(Default)]
struct Gate {
    state: Mutex<GateState>,
    opened: Notify,
}

#[derive(Default)]
struct GateState {
    /// How many may still pass. `None` while the gate is open.
    remaining: Option<usize>,
    waiting: usize,
}

impl TestGate {
    /// Returns once the gate lets the caller through.
    pub async fn pass(&self) {
        let mut is_counted = false;
        loop {
            let opened = self.0.opened.notified();
            tokio::pin!(opened);
            // The waiter is registered before the state is read, so that no opening is missed.
            opened.as_mut().enable();
            if self.lets_through(&mut is_counted) {
                return;
            }
            opened.await;
        }
    }

    fn lets_through(&self, is_counted: &mut bool) -> bool {
        let mut state = self.state();
        match &mut state.remaining {
            None => {}
            Some(0) => {
                state.waiting += usize::from(!*is_counted);
                *is_counted = true;
                return false;
            }
            Some(remaining) => *remaining -= 1,
        }
        state.waiting = state.waiting.saturating_sub(usize::from(*is_counted));
        true
    }

    /// Lets `passes` through, and keeps everything after them waiting.
    pub fn close_after(&self, passes: usize) {
        self.state().remaining = Some(passes);
    }

    /// Lets everything through.
    pub fn open(&self) {
        self.state().remaining = None;
        self.0.opened.notify_waiters();
    }

    /// How many wait.
    pub fn waiting(&self) -> usize {
        self.state().waiting
    }

    fn state(&self) -> MutexGuard<'_, GateState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
