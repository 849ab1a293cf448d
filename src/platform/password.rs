//! Passwords: judged when chosen, hashed with argon2id, sealed at rest, compared at equal cost.
//!
//! Promises that checking a password takes the same work whether or not there is an account (S13),
//! that no more hashes run at once than the machine has cores, and that who would wait too long is
//! told so instead of piling up (S96). Refuses to run a stored hash that costs more than any of ours
//! ever did (S4), and to keep memory while nobody hashes. A stolen database alone cannot be attacked:
//! hashes are sealed by the vault (S6).

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

use memory::{Memory, SharedMemory};

pub use cost::HashCost;
pub use policy::{MAX_CHARACTERS, Password, PasswordContext, PasswordRefusal};

mod common;
mod cost;
mod memory;
mod patterns;
mod policy;

/// How many hashes run, how many wait, and how long.
#[derive(Clone, Copy, Debug)]
pub struct HasherLimits {
    /// Hashes that run at once; as many as there are cores.
    pub permits: usize,
    /// Requests that may wait for their turn.
    pub queue: usize,
    /// The longest a request waits.
    pub wait: Duration,
}

impl HasherLimits {
    /// One hash a core, 32 waiting, two seconds.
    pub fn for_cores(cores: usize) -> Self {
        Self { permits: cores.max(1), queue: 32, wait: Duration::from_secs(2) }
    }
}

/// A hash as it is stored: sealed, and bound to the place it was read from.
#[derive(Clone)]
pub struct StoredHash {
    place: SealContext,
    sealed: Vec<u8>,
}

impl StoredHash {
    /// A hash as read from `place` (see [`place_of_hash`]).
    pub fn at(place: SealContext, sealed: Vec<u8>) -> Self {
        Self { place, sealed }
    }

    /// The column's bytes.
    pub fn sealed(&self) -> &[u8] {
        &self.sealed
    }
}

/// The place of the password hash in row `row` of `table`, of `player` (empty if there is none yet).
pub fn place_of_hash(table: &'static str, row: &str, player: &str) -> SealContext {
    SealContext {
        purpose: "password hash",
        table,
        row: row.to_owned(),
        player: player.to_owned(),
        identity: String::new(),
    }
}

/// What checking a password found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PasswordVerdict {
    /// The right password. If `needs_upgrade`, cost, algorithm, form or wrapping key is behind, and
    /// the caller should hash it anew, on condition that the old hash is still there (S5).
    Match { needs_upgrade: bool },
    /// A wrong password, or no account, or no password on it.
    Mismatch,
    /// The stored hash is over the bound and was not run: a failed sign-in and an alert (S4).
    TooCostly,
}

/// Whether a stored hash is one that could be run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashFitness {
    Fit,
    /// Sealed under a key that is not in the ring, changed, or moved here from elsewhere.
    WillNotOpen,
    /// Open, and no hash.
    Unreadable,
    /// Over the bound of S4.
    TooCostly,
}

/// Too many are waiting, or the wait was too long: 503 with `Retry-After`, for known and unknown
/// accounts alike.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct HasherOverloaded;

/// Hashes and checks passwords, a few at a time. Clones share the queue.
#[derive(Clone)]
pub struct PasswordHasher {
    vault: Arc<Vault>,
    cost: HashCost,
    wait: Duration,
    /// Who is running or waiting.
    room: Arc<Semaphore>,
    /// Who is running.
    turns: Arc<Semaphore>,
    memory: Arc<SharedMemory>,
    hashes_run: Arc<AtomicU64>,
    stand_in: StoredHash,
    metrics: Arc<Metrics>,
}

impl PasswordHasher {
    /// Makes the stand-in for absent hashes, which takes as long as one hash.
    pub fn start(vault: Arc<Vault>, cost: HashCost, limits: HasherLimits) -> Result<Self, Fault> {
        let nobodys = SecretString::from(data_encoding::HEXLOWER.encode(&random_bytes::<16>()?));
        let password =
            Password::as_typed(&nobodys).ok_or_else(|| Fault::broken("starting", "no stand-in"))?;
        let stand_in = cost.hash(&password, random_bytes()?, &Memory::of(cost.kib))?;
        let stand_in = seal(&vault, &stand_in, place_of_hash("", "", ""))?;
        Ok(Self {
            vault,
            cost,
            wait: limits.wait,
            room: Arc::new(Semaphore::new(limits.permits + limits.queue)),
            turns: Arc::new(Semaphore::new(limits.permits)),
            memory: Arc::default(),
            hashes_run: Arc::default(),
            stand_in,
            metrics: Arc::default(),
        })
    }

    /// The same hasher, with its work and its queue counted here.
    #[must_use]
    pub fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        metrics.hash_permits.set(self.turns.available_permits());
        Self { metrics, ..self }
    }

    /// Hashes `password` at the present cost and seals it for `place`.
    pub async fn hash(
        &self,
        password: Password,
        place: SealContext,
    ) -> Result<StoredHash, Stop<HasherOverloaded>> {
        let (cost, salt) = (self.cost, random_bytes()?);
        let text = self.in_turn(move |memory| cost.hash(&password, salt, memory)).await??;
        Ok(seal(&self.vault, &text, place)?)
    }

    /// Whether `typed` is the password behind `stored`. Without `stored` the same work is done for
    /// nothing. A hash that will not open is a busy fault: nobody gets in until the key is back (S6).
    pub async fn verify(
        &self,
        stored: Option<&StoredHash>,
        typed: &SecretString,
    ) -> Result<PasswordVerdict, Stop<HasherOverloaded>> {
        let is_known = stored.is_some();
        let stored = stored.unwrap_or(&self.stand_in);
        let hash = cost::ParsedHash::parse(self.open(stored)?.expose_secret())?;
        if hash.is_too_costly() {
            return Ok(PasswordVerdict::TooCostly);
        }
        let needs_upgrade = hash.is_behind(self.cost) || !self.vault.is_current(&stored.sealed);
        // What is too long to be a password costs a hash too, and matches nothing.
        let (password, can_match) = match Password::as_typed(typed) {
            Some(password) => (password, is_known),
            None => (Password::none(), false),
        };
        let cost = self.cost;
        let matches = self.in_turn(move |memory| hash.is_of(&password, cost, memory)).await??;
        Ok(if matches && can_match {
            PasswordVerdict::Match { needs_upgrade }
        } else {
            PasswordVerdict::Mismatch
        })
    }

    /// The same hash, sealed for another place or under the present key; nothing is run.
    pub fn reseal(&self, stored: &StoredHash, place: SealContext) -> Result<StoredHash, Fault> {
        seal(&self.vault, &self.open(stored)?, place)
    }

    /// Whether a stored hash could be run, without running it.
    pub fn fitness(&self, stored: &StoredHash) -> HashFitness {
        let Ok(text) = self.vault.open(&stored.place, &stored.sealed) else {
            return HashFitness::WillNotOpen;
        };
        match cost::ParsedHash::parse(text.expose_secret()) {
            Err(_) => HashFitness::Unreadable,
            Ok(hash) if hash.is_too_costly() => HashFitness::TooCostly,
            Ok(_) => HashFitness::Fit,
        }
    }

    /// How many hashes were run since the start.
    pub fn hashes_run(&self) -> u64 {
        self.hashes_run.load(Ordering::Relaxed)
    }

    fn open(&self, stored: &StoredHash) -> Result<SecretString, Fault> {
        self.vault
            .open(&stored.place, &stored.sealed)
            .map_err(|why| Fault::busy("opening a password hash", why))
    }

    /// Runs `work` on a blocking thread when it is its turn. Who is dropped while waiting leaves the
    /// queue; who is dropped while running keeps its turn until the work is done, because the work
    /// goes on.
    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Memory) -> T + Send + 'static,
    ) -> Result<T, Stop<HasherOverloaded>> {
        let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
            self.metrics.hash_refusals.add(HashRefused::QueueFull);
            return Err(Stop::Refused(HasherOverloaded));
        };
        let memory = self.memory.join(self.cost.kib);
        let (waiting, since) = (self.metrics.hashes_waiting.hold(), Instant::now());
        let Ok(turn) = timeout(self.wait, Arc::clone(&self.turns).acquire_owned()).await else {
            self.metrics.hash_refusals.add(HashRefused::WaitedTooLong);
            return Err(Stop::Refused(HasherOverloaded));
        };
        let turn = turn.map_err(|err| Fault::broken("waiting to hash a password", err))?;
        drop(waiting);
        self.metrics.hash_wait.took(since.elapsed());
        self.metrics.hashes.add();
        self.hashes_run.fetch_add(1, Ordering::Relaxed);
        let running = self.metrics.hashes_running.hold();
        let span = tracing::Span::current();
        let done = spawn_blocking(move || {
            let result = span.in_scope(|| work(&memory));
            drop((memory, turn, place, running));
            result
        });
        Ok(done.await.map_err(|err| Fault::broken("hashing a password", err))?)
    }
}

fn seal(vault: &Vault, text: &SecretString, place: SealContext) -> Result<StoredHash, Fault> {
    let sealed = vault.seal(&place, text)?;
    Ok(StoredHash { place, sealed })
}

#[cfg(test)]
mod tests;
