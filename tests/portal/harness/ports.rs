//! Ports for programs that bind them themselves, a moment later.

use std::net::TcpListener;
use std::process;
use std::sync::atomic::{AtomicU32, Ordering};

/// These lie below the ports that the system gives to whoever asks for any one, so nobody takes them meanwhile.
const FIRST: u32 = 20_000;
const COUNT: u32 = 12_000;

static GIVEN: AtomicU32 = AtomicU32::new(0);

/// A free port that no other story is given. Two runs at once begin at different ones.
pub fn port_for_a_program() -> u16 {
    loop {
        let given = GIVEN.fetch_add(1, Ordering::Relaxed).wrapping_add(process::id().wrapping_mul(97));
        let port = u16::try_from(FIRST + given % COUNT).unwrap();
        if TcpListener::bind(("127.0.0.1", port)).is_ok() {
            return port;
        }
    }
}
