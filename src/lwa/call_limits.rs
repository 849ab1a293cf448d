//! How many calls to Amazon may be under way at once, and how they are shared (S85).
//!
//! Anybody can make the portal call Amazon with made-up tokens, so no kind of caller may use up every call. A call
//! waits briefly for its turn, because a burst of sign-ins is no fault. Turns are given in the order of asking.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout_at};

use super::LwaLimits;
use crate::platform::metrics::CallRefused;

/// Who caused a call to Amazon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum CallShare {
    /// A game with a presented token or a wish for a code pair: at most half of the calls.
    Games,
    /// A browser that came back from Amazon: at most three quarters.
    Browsers,
    /// Renewals of tokens and polls for code pairs: at most three quarters.
    Workers,
}

/// The calls that may be under way, and who may make them.
pub(super) struct CallLimits {
    all: Arc<Semaphore>,
    games: Arc<Semaphore>,
    browsers: Arc<Semaphore>,
    workers: Arc<Semaphore>,
    networks: Mutex<HashMap<String, NetworkCalls>>,
    settings: LwaLimits,
}

/// The presented tokens of one network.
struct NetworkCalls {
    calls: Arc<Semaphore>,
    /// Who holds a turn or waits for one. At zero the entry is removed.
    users: usize,
}

/// A call's turn. The next caller gets it when it is dropped.
pub(super) struct CallTurn {
    _shares: [OwnedSemaphorePermit; 2],
}

/// A network's turn to have a presented token checked.
pub(super) struct NetworkTurn {
    _permit: OwnedSemaphorePermit,
    _user: NetworkUser,
}

/// A caller who holds or awaits a turn of its network.
struct NetworkUser {
    limits: Arc<CallLimits>,
    network: String,
}

impl CallLimits {
    pub(super) fn new(settings: LwaLimits) -> Self {
        let all = settings.in_flight;
        let three_quarters = all - all / 4;
        let semaphore = |calls: usize| Arc::new(Semaphore::new(calls.max(1)));
        Self {
            all: Arc::new(Semaphore::new(all)),
            games: semaphore(all / 2),
            browsers: semaphore(three_quarters),
            workers: semaphore(three_quarters),
            networks: Mutex::default(),
            settings,
        }
    }

    /// Calls that may begin now.
    pub(super) fn available(&self) -> usize {
        self.all.available_permits()
    }

    /// Waits for a call's turn, first in its share and then among all.
    pub(super) async fn wait_for_turn(&self, share: CallShare) -> Result<CallTurn, CallRefused> {
        let (of_share, refused) = match share {
            CallShare::Games => (&self.games, CallRefused::Games),
            CallShare::Browsers => (&self.browsers, CallRefused::Browsers),
            CallShare::Workers => (&self.workers, CallRefused::Workers),
        };
        let until = Instant::now() + self.settings.turn_wait;
        let of_share = permit(of_share, until).await.ok_or(refused)?;
        let of_all = permit(&self.all, until).await.ok_or(CallRefused::All)?;
        Ok(CallTurn { _shares: [of_share, of_all] })
    }

    /// Waits until few enough presented tokens of `network` are being checked.
    pub(super) async fn wait_for_network(
        self: &Arc<Self>,
        network: &str,
    ) -> Result<NetworkTurn, CallRefused> {
        let calls = {
            let mut networks = self.networks();
            let entry = networks.entry(network.to_owned()).or_insert_with(|| NetworkCalls {
                calls: Arc::new(Semaphore::new(self.settings.of_network)),
                users: 0,
            });
            entry.users += 1;
            Arc::clone(&entry.calls)
        };
        // Made before the wait, so that a caller who gives up is no longer a user.
        let user = NetworkUser { limits: Arc::clone(self), network: network.to_owned() };
        let until = Instant::now() + self.settings.turn_wait;
        let permit = permit(&calls, until).await.ok_or(CallRefused::Network)?;
        Ok(NetworkTurn { _permit: permit, _user: user })
    }

    fn networks(&self) -> MutexGuard<'_, HashMap<String, NetworkCalls>> {
        self.networks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for NetworkUser {
    fn drop(&mut self) {
        let mut networks = self.limits.networks();
        if let Some(entry) = networks.get_mut(&self.network) {
            entry.users = entry.users.saturating_sub(1);
            if entry.users == 0 {
                networks.remove(&self.network);
            }
        }
    }
}

async fn permit(of: &Arc<Semaphore>, until: Instant) -> Option<OwnedSemaphorePermit> {
    timeout_at(until, Arc::clone(of).acquire_owned()).await.ok()?.ok()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn limits() -> Arc<CallLimits> {
        let settings = LwaLimits { in_flight: 8, of_network: 2, ..LwaLimits::default() };
        Arc::new(CallLimits::new(LwaLimits { turn_wait: Duration::from_millis(20), ..settings }))
    }

    #[tokio::test]
    async fn games_leave_half_of_the_calls_to_the_others() {
        let limits = limits();
        let mut turns = Vec::new();
        for _ in 0..4 {
            turns.push(limits.wait_for_turn(CallShare::Games).await.unwrap());
        }
        assert_eq!(limits.wait_for_turn(CallShare::Games).await.err(), Some(CallRefused::Games));
        for share in [CallShare::Browsers, CallShare::Workers, CallShare::Browsers, CallShare::Workers] {
            turns.push(limits.wait_for_turn(share).await.unwrap());
        }
        assert_eq!(limits.wait_for_turn(CallShare::Browsers).await.err(), Some(CallRefused::All));
        turns.clear();
        assert_eq!(limits.available(), 8);
    }

    #[tokio::test]
    async fn who_waits_gets_the_turn_that_becomes_free() {
        let limits = Arc::new(CallLimits::new(LwaLimits { in_flight: 1, ..LwaLimits::default() }));
        let turn = limits.wait_for_turn(CallShare::Browsers).await.unwrap();
        let (waited, ()) = tokio::join!(limits.wait_for_turn(CallShare::Browsers), async { drop(turn) });
        assert!(waited.is_ok());
    }

    #[tokio::test]
    async fn a_network_has_few_turns_and_is_forgotten_after_the_last() {
        let limits = limits();
        let first = limits.wait_for_network("a").await.unwrap();
        let second = limits.wait_for_network("a").await.unwrap();
        assert_eq!(limits.wait_for_network("a").await.err(), Some(CallRefused::Network));
        assert!(limits.wait_for_network("b").await.is_ok(), "another network has its own");
        drop(first);
        drop(limits.wait_for_network("a").await.unwrap());
        drop(second);
        assert!(limits.networks().is_empty());
    }
}
