//! Guesses at passwords, whichever door they come by: the browser's sign-in and the game's go through here.
//!
//! Promises that guesses are counted before they are checked (S14), under the same budgets at every door,
//! and that everybody who cannot get in costs the same work (S13). Refuses to let anybody in: whoever acts on
//! a [`PasswordProof`] asks whether it still holds, in its own transaction.

mod account;
mod check;

pub use account::LoginAccount;
pub use check::{
    AttemptCount, CountedAttempt, LoginAttempt, PasswordCheck, PasswordProof, check, count, verify,
};
