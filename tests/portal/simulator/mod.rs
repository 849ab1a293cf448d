//! The simulator against the recorded contract, over real sockets.

mod authorize;
mod device;
mod faults;
mod harness;
mod people;
mod profile;
mod switchboard;
mod tokens;
