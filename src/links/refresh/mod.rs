//! Token refresh: a valid access token on demand, and a regular check of every link.
//!
//! One refresh token leads to one call to Amazon, for any number of requests and copies (S70). The request that takes
//! the lease on the link's row calls; the others wait for the new version.
//!
//! A result is written only while the link still matches the snapshot (S71). If the database does not accept it, it
//! stays in memory until the lease ends.
//!
//! Only one exact answer of Amazon ends a link (S67), and none ends while too many links get it (S69,
//! [`mass_revocation_guard`]).
//!
//! No database connection is used while a request waits or calls. A sealed value that does not open is not deleted
//! (S66). The memory of a batch does not grow with the number of links.

mod batch;
pub mod mass_revocation_guard;
mod model;
mod on_demand;
mod profiles;
mod record;
mod renew;
mod revoke;
mod schedule;
mod store;
mod worker;

pub use batch::{BatchProgress, due_links, refresh_batch};
pub use model::{AccessTokenRefusal, CheckedLink, FreshToken};
pub use on_demand::{check_now, fresh_token};
pub use worker::start;
