//! Sign-in and sign-out.
//!
//! Everybody who cannot sign in gets one answer for the same amount of work, whatever the reason (S12, S13).
//! Login attempts are counted before they are checked (S14). Nobody else's attempts lock a player out: a browser
//! that signed in before has a rate limit of its own. An unknown browser needs a mailed code when its network or
//! the account has had too many attempts (S16). The portal never says which of address, password and account was
//! wrong. Where the second factor is on, a sign-in by any login method waits for its code (S157). This module knows no
//! links.

mod closing;
mod code;
mod forms;
pub(super) mod login_attempts;
pub mod lost_factor;
mod mailed_code;
pub(super) mod new_session;
pub mod pages;
pub(super) mod pending;
pub mod personal_data;
pub mod security;
mod sign_out;
pub(super) mod store;
mod two_step;
mod views;
mod with_password;

pub use crate::accounts::login_attempts::LoginAccount;
pub use closing::ClosingProof;
pub use login_attempts::{PasswordCheck, PasswordProof, check_password};
pub use new_session::{SignInWrite, forget_in_browser};
pub use store::{sweep_codes, sweep_pending};
