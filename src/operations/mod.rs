//! For the operator: the command line, checks of the installation and of the data, keys, and clean-up.

pub mod cleanup;
pub mod cli;
pub mod doctor;
mod key_rotation;
pub mod readiness;
pub mod verify;
