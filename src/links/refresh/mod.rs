//! What a link is worth: a working access token on demand, and a look at every link now and then.
//!
//! Promises one call to Amazon for one token, however many ask on however many copies of the program (S70):
//! whoever takes the lease on the link's row calls, everybody else waits for the new version. What comes back
//! is written only where the link still is what was sent (S71), and kept in memory until the lease ends when
//! the database does not take it. A link ends by one exact answer of Amazon and no other (S67), and not even by
//! that one while too many say the same (S69, [`mass_revocation_guard`]). Refuses to hold a connection while it waits or calls, to
//! delete what will not open (S66), and to remember links: a pass over a million needs the memory of a few.

mod batch;
pub mod mass_revocation_guard;
mod model;
mod on_demand;
mod record;
mod renew;
mod revoke;
mod schedule;
mod store;
mod worker;

pub use batch::{BatchProgress, due, pass};
pub use model::{AccessTokenRefusal, CheckedLink, FreshToken};
pub use on_demand::{check_now, fresh_token};
pub use worker::start;
