//! Player accounts: registration, sign-in, and everything a player changes about the account.

pub mod activity;
mod browser_device;
pub mod email;
pub mod login_attempts;
pub mod many_failures;
pub mod passkeys;
pub mod password;
pub mod password_reset;
pub mod players;
pub mod profile;
pub mod reauthentication;
pub mod registration;
pub mod remaining_access;
pub mod second_factor;
pub mod sign_in;
pub mod two_step;
