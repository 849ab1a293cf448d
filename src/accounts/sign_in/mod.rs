//! Getting in, getting out, and proving that it is still you.
//!
//! Promises one answer and one amount of work for everybody who cannot get in, whatever the reason (S12,
//! S13); that guesses are counted before they are checked (S14); and that nobody is kept out by somebody
//! else's guesses: a browser that signed in before has a budget of its own, and an unknown one is asked
//! for a mailed code when its network or the account has seen too many (S16). Refuses to tell which of
//! address, password and account was wrong. It knows no links: what a proof resumes is known at the edge.

mod code;
mod device;
mod forms;
pub(super) mod login_attempts;
mod mailed_code;
pub(super) mod new_session;
pub mod pages;
pub mod personal_data;
pub mod security;
mod sign_out;
pub(super) mod store;
mod views;
mod with_password;

pub use crate::accounts::login_attempts::LoginAccount;
pub use login_attempts::{PasswordCheck, PasswordProof, check_password};
pub use new_session::{SignInWrite, forget_in_browser};
pub use store::sweep_codes;
