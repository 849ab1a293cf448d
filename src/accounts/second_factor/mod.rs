//! The second factor of a player: codes from an app, recovery codes, and browsers that are not asked for one.
//!
//! A secret that does not open counts as a second factor: each code of the app is then wrong, and recovery codes go
//! on. A try is counted before a code is checked, and a code is used up in the transaction of what it allows. The
//! pages are in `two_step`; who asks for a code at sign-in is `sign_in::SignInWrite`.

mod check;
mod model;
mod password_length;
pub mod personal_data;
pub(super) mod remembered_browser;
pub mod store;

pub use check::{CheckedCode, CodeAttempt, CodeRefusal, check_code};
pub use model::{RememberedBrowser, place_of_factor, recovery_hash};
pub use password_length::{has_second_factor, shortest_password, too_short_alone};
pub use store::{SEALED, sweep_remembered_browsers};

/// With as many recovery codes or fewer, pages ask for new ones.
pub(in crate::accounts) const FEW_CODES: i64 = 3;
