//! The operator's tools: command line, `doctor`, `verify`, key rotation, readiness and cleanup.

pub mod cleanup;
pub mod cli;
pub mod doctor;
mod key_rotation;
pub mod readiness;
pub mod restore;
pub mod verify;
