//! Browser sessions as rows: started, rotated, listed and ended in the caller's transaction (S21 to S25, S30).
//!
//! The cookie is 256 random bits, and the row has only their hash. A rotation replaces the hash and keeps the row
//! with its CSRF secret. Other tabs therefore keep working, and attempts still belong to the row.
//!
//! Functions that end sessions here end game sessions too (S25). `but` and the id to end may name either kind.

mod model;
pub mod personal_data;
mod store;

pub use model::{BrowserSessionSummary, NewBrowserSession, SessionRotation, StartedSession};
pub use store::{
    end, end_all, end_all_signed_in_with, end_expired, end_others, has_come_from, list, rotate_session,
    signed_in_with, start_session, sweep, touch,
};
