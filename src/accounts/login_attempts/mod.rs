//! Password attempts, counted and checked alike for sign-in in a browser and in a game.
//!
//! Attempts are counted before they are checked (S14), under the same rate limits at every entry point. Every
//! refused attempt costs the same work (S13). Nobody is signed in here: the caller checks in its own transaction
//! that a [`PasswordProof`] is still valid.

mod account;
mod check;

pub use account::LoginAccount;
pub use check::{
    AttemptCount, CountedAttempt, LoginAttempt, PasswordCheck, PasswordProof, check_password,
    clear_narrow_limits, count_attempt, take_shared_turn, verify_password,
};
