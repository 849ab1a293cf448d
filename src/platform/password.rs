//! Passwords: a policy for new ones, Argon2id hashes sealed at rest, and checks of equal cost.
//!
//! A check takes the same work whether or not the account exists (S13). At most one hash runs for each core.
//! A request that would wait too long is refused (S96). A stored hash above the upper bound of cost is not
//! run (S4). No memory is kept while no hash runs or waits. The vault seals all hashes, so a stolen database
//! alone cannot be attacked (S6).

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use secrecy::{ExposeSecret, SecretString};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::platform::crypto::token::random_bytes;
use crate::platform::crypto::vault::{SealContext, Vault};
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::{HashRefused, Metrics};
#[cfg(feature = "test-support")]
use crate::platform::test_gate::TestGate;

use memory::{Memory, SharedMemory};

pub use breached::{BreachedPasswords, build_filter};
pub use cost::HashCost;
pub use policy::{Password, PasswordContext, PasswordRefusal};

mod breached;
mod common;
mod cost;
mod disguise;
mod memory;
mod patterns;
mod policy;

/// How many hashes run, how many wait, and how long.
#[derive(Clone, Copy, Debug)]
pub struct HasherLimits {
    /// Hashes that run at once; one for each core.
    pub permits: usize,
    /// Requests that may wait.
    pub queue: usize,
    /// The longest wait of a request.
    pub wait: Duration,
}

/// A stored hash: sealed, and bound to its row.
#[derive(Clone)]
pub struct StoredHash {
    context: SealContext,
    sealed: Vec<u8>,
}

impl StoredHash {
    /// A hash as it was read from `context` (see [`place_of_hash`]).
    pub fn at(context: SealContext, sealed: Vec<u8>) -> Self {
        Self { context, sealed }
    }

    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }
}

/// The seal context of a password hash: row `row` of `table`, and `player` (empty if there is none yet).
pub fn place_of_hash(table: &'static str, row: &str, player: &str) -> SealContext {
    SealContext {
        purpose: "password hash",
        table,
        row: row.to_owned(),
        player: player.to_owned(),
        identity: String::new(),
    }
}

/// The result of a password check.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// The password is right. If `needs_upgrade`, the caller should hash it again (S5).
    ///
    /// Then the cost, algorithm, form or sealing key is outdated. The caller may replace only the hash that
    /// was checked.
    Match { needs_upgrade: bool },
    /// A wrong password, no such account, or an account without a password.
    Mismatch,
    /// The stored hash is over the upper bound and was not run: a failed sign-in and an alert (S4).
    TooCostly,
}

/// Whether a stored hash could be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFitness {
    Fit,
    /// Sealed under a key outside the ring, changed, or sealed for another context.
    WillNotOpen,
    /// It opens, but it is not a hash.
    Unreadable,
    /// Over the upper bound of S4.
    TooCostly,
}

/// Too many requests wait, or the wait was too long: 503 with `Retry-After`.
///
/// It is the same for known and unknown accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasherOverloaded;

/// Hashes and checks passwords, a limited number at once. Clones share the queue.
#[derive(Clone)]
pub struct PasswordHasher {
    vault: Arc<Vault>,
    cost: HashCost,
    wait: Duration,
    /// A permit for each hash that runs or waits.
    queue: Arc<Semaphore>,
    /// A permit for each hash that runs.
    permits: Arc<Semaphore>,
    memory: Arc<SharedMemory>,
    hashes_run: Arc<AtomicU64>,
    dummy_hash: StoredHash,
    metrics: Arc<Metrics>,
    #[cfg(feature = "test-support")]
    queue_gate: TestGate,
}

impl PasswordHasher {
    /// Creates the dummy hash for absent hashes, which takes as long as one hash.
    pub fn start(vault: Arc<Vault>, cost: HashCost, limits: HasherLimits) -> Result<Self, Fault> {
        let random_text = SecretString::from(data_encoding::HEXLOWER.encode(&random_bytes::<16>()?));
        let password = Password::as_typed(&random_text)
            .ok_or_else(|| Fault::broken("starting the password hasher", "no dummy password"))?;
        let dummy_hash = cost.hash(&password, random_bytes()?, &Memory::of(cost.kib))?;
        let dummy_hash = seal(&vault, &dummy_hash, place_of_hash("", "", ""))?;
        Ok(Self {
            vault,
            cost,
            wait: limits.wait,
            queue: Arc::new(Semaphore::new(limits.permits + limits.queue)),
            permits: Arc::new(Semaphore::new(limits.permits)),
            memory: Arc::default(),
            hashes_run: Arc::default(),
            dummy_hash,
            metrics: Arc::default(),
            #[cfg(feature = "test-support")]
            queue_gate: TestGate::default(),
        })
    }

    /// The gate in the queue, before each hash.
    #[cfg(feature = "test-support")]
    pub fn queue_gate(&self) -> &TestGate {
        &self.queue_gate
    }

    /// The same hasher, counting its work and its queue in `metrics`.
    #[must_use]
    pub fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        metrics.hash_permits.set(self.permits.available_permits());
        Self { metrics, ..self }
    }

    /// Hashes `password` at the configured cost and seals it for `context`.
    pub async fn hash(
        &self,
        password: Password,
        context: SealContext,
    ) -> Result<StoredHash, Stop<HasherOverloaded>> {
        let (cost, salt) = (self.cost, random_bytes()?);
        let text = self.run_limited(move |memory| cost.hash(&password, salt, memory)).await??;
        Ok(seal(&self.vault, &text, context)?)
    }

    /// Whether `typed` is the password of `stored`. Without `stored`, the dummy hash costs the same work.
    ///
    /// A stored hash that cannot be read is like a wrong password, at the same cost: the way on is a reset (S6).
    pub async fn verify(
        &self,
        stored: Option<&StoredHash>,
        typed: &SecretString,
    ) -> Result<PasswordVerdict, Stop<HasherOverloaded>> {
        let readable = stored.and_then(|stored| Some((stored, self.read_or_alert(stored)?)));
        let is_known = readable.is_some();
        let (stored, hash) = match readable {
            Some(readable) => readable,
            None => (&self.dummy_hash, self.read(&self.dummy_hash)?),
        };
        if hash.is_too_costly() {
            return Ok(PasswordVerdict::TooCostly);
        }
        let needs_upgrade = hash.is_outdated(self.cost) || !self.vault.is_current(&stored.sealed);
        // Input that is too long for a password costs a hash too, and never matches.
        let (password, can_match) = match Password::as_typed(typed) {
            Some(password) => (password, is_known),
            None => (Password::none(), false),
        };
        let cost = self.cost;
        let matches = self.run_limited(move |memory| hash.is_of(&password, cost, memory)).await??;
        Ok(if matches && can_match {
            PasswordVerdict::Match { needs_upgrade }
        } else {
            PasswordVerdict::Mismatch
        })
    }

    /// The same hash, sealed for another context or under the current key, without running it.
    ///
    /// `None` if it cannot be read.
    pub fn reseal(&self, stored: &StoredHash, context: SealContext) -> Result<Option<StoredHash>, Fault> {
        if self.read_or_alert(stored).is_none() {
            return Ok(None);
        }
        seal(&self.vault, &self.open(stored)?, context).map(Some)
    }

    /// Whether a stored hash could be run, without running it.
    pub fn fitness(&self, stored: &StoredHash) -> HashFitness {
        let Ok(text) = self.vault.open(&stored.context, &stored.sealed) else {
            return HashFitness::WillNotOpen;
        };
        match cost::ParsedHash::parse(text.expose_secret()) {
            Err(_) => HashFitness::Unreadable,
            Ok(hash) if hash.is_too_costly() => HashFitness::TooCostly,
            Ok(_) => HashFitness::Fit,
        }
    }

    /// The number of hashes run since the start.
    #[cfg(feature = "test-support")]
    pub fn hashes_run(&self) -> u64 {
        self.hashes_run.load(Ordering::Relaxed)
    }

    /// The hash, or `None` and an alert for the operator. Waiting does not help, so this is no busy fault.
    fn read_or_alert(&self, stored: &StoredHash) -> Option<cost::ParsedHash> {
        match self.read(stored) {
            Ok(hash) => Some(hash),
            Err(fault) => {
                tracing::error!(
                    event = "platform.password_hash.unreadable",
                    alert = "password_hash_will_not_open",
                    table = stored.context.table,
                    row = stored.context.row,
                    %fault,
                    "a stored password hash cannot be read"
                );
                None
            }
        }
    }

    fn read(&self, stored: &StoredHash) -> Result<cost::ParsedHash, Fault> {
        cost::ParsedHash::parse(self.open(stored)?.expose_secret())
    }

    fn open(&self, stored: &StoredHash) -> Result<SecretString, Fault> {
        self.vault
            .open(&stored.context, &stored.sealed)
            .map_err(|why| Fault::broken("opening a password hash", why))
    }

    /// Runs `work` on a blocking thread once a permit is free.
    ///
    /// A request that is dropped while waiting leaves the queue. One that is dropped while running keeps its
    /// permit until the work ends, because the work continues.
    async fn run_limited<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T, Stop<HasherOverloaded>> {
        let Ok(queued) = Arc::clone(&self.queue).try_acquire_owned() else {
            self.metrics.hash_refusals.add(HashRefused::QueueFull);
            return Err(Stop::Refused(HasherOverloaded));
        };
        #[cfg(feature = "test-support")]
        self.queue_gate.pass().await;
        let memory = self.memory.join(self.cost.kib);
        let (waiting, since) = (self.metrics.hashes_waiting.hold(), Instant::now());
        let Ok(permit) = timeout(self.wait, Arc::clone(&self.permits).acquire_owned()).await else {
            self.metrics.hash_refusals.add(HashRefused::WaitedTooLong);
            return Err(Stop::Refused(HasherOverloaded));
        };
        let permit = permit.map_err(|err| Fault::broken("waiting to hash a password", err))?;
        drop(waiting);
        self.metrics.hash_wait.took(since.elapsed());
        self.metrics.hashes.add();
        self.hashes_run.fetch_add(1, Ordering::Relaxed);
        let running = self.metrics.hashes_running.hold();
        let span = tracing::Span::current();
        let done = spawn_blocking(move || {
            let result = span.in_scope(|| work(&memory));
            drop((memory, permit, queued, running));
            result
        });
        Ok(done.await.map_err(|err| Fault::broken("hashing a password", err))?)
    }
}

fn seal(vault: &Vault, text: &SecretString, context: SealContext) -> Result<StoredHash, Fault> {
    let sealed = vault.seal(&context, text)?;
    Ok(StoredHash { context, sealed })
}

#[cfg(test)]
mod tests;
