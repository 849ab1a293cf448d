//! Secrets: the vault that seals them, the keys, and random tokens.

pub mod keys;
pub mod token;
pub mod vault;
