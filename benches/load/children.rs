//! Processes that end with the bench.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream};
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

/// A process of ours. Killed when dropped.
pub struct Running(Child);

impl Running {
    pub fn start(command: &mut Command) -> Self {
        Self(command.spawn().unwrap_or_else(|error| panic!("{command:?}: {error}")))
    }

    /// The same, back once it takes connections at `address`.
    pub fn start_listening(command: &mut Command, address: SocketAddr) -> Self {
        let mut running = Self::start(command);
        while TcpStream::connect(address).is_err() {
            if let Some(status) = running.0.try_wait().unwrap() {
                panic!("{command:?} ended: {status}");
            }
            thread::sleep(Duration::from_millis(20));
        }
        running
    }

    /// Processor time it has taken so far, in the kernel's ticks.
    pub fn ticks(&self) -> u64 {
        let stat = fs::read_to_string(format!("/proc/{}/stat", self.0.id())).unwrap();
        // Past the name, which may hold blanks: state is the third field, times are the 14th and 15th (proc(5)).
        let fields: Vec<&str> = stat.rsplit(')').next().unwrap().split_whitespace().collect();
        fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
    }
}

impl Running {
    /// Resident memory, in KiB (proc(5), `VmRSS`).
    pub fn resident(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// An address of this machine at which nobody listens.
pub fn free_address() -> SocketAddr {
    TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap().local_addr().unwrap()
}
