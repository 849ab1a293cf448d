//! What the processor can hash: argon2 at the cost of the default settings, one thread a core, and nothing else.

use std::thread;
use std::time::{Duration, Instant};

use argon2::{Algorithm, Argon2, Params, Version};
use dovetail::testing::config::{Config, HashingPolicy};

/// Hashes a second.
pub fn rate(lasts: Duration) -> f64 {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let development = [("DOVETAIL_MODE".to_owned(), "development".to_owned())];
    let cost = Config::from_map(development.into()).unwrap().policy.hashing;
    let began = Instant::now();
    let threads: Vec<_> =
        (0..cores).map(|_| thread::spawn(move || hash_until(began + lasts, cost))).collect();
    let hashes: u32 = threads.into_iter().map(|thread| thread.join().unwrap()).sum();
    f64::from(hashes) / began.elapsed().as_secs_f64()
}

fn hash_until(end: Instant, cost: HashingPolicy) -> u32 {
    let params = Params::new(cost.memory_kib, cost.passes, cost.lanes, Some(32)).unwrap();
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    let mut hashes = 0;
    while Instant::now() < end {
        argon2.hash_password_into(b"quiet herons nest at dawn", &[7; 16], &mut [0; 32]).unwrap();
        hashes += 1;
    }
    hashes
}
