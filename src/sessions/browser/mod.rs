//! Browser sessions as rows: made, rotated, listed and ended, always inside the transaction of the verb
//! that changes standing (S21 to S25, S30).
//!
//! A session is a row; the cookie is 256 random bits, and the row knows only their hash. Rotating keeps
//! the row and its CSRF secret and replaces the hash, so that other tabs keep working and an attempt that
//! belongs to the row still does.
//!
//! Whatever ends sessions here ends those of games too (S25): `but` and the id to end may name either kind.

mod model;
pub mod personal_data;
mod store;

pub use model::{BrowserSessionSummary, NewBrowserSession, SessionRotation, StartedSession};
pub use store::{end, end_all, end_all_signed_in_with, end_others, list, rotate, start, sweep, touch};
