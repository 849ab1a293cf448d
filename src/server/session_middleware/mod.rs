//! Turns the session cookie into a session, its player and the player's link, in one read.
//!
//! Under `/support`, and only there, the staff cookie becomes a member of staff.

mod cookie;
mod layer;
mod staff;
mod store;

pub use cookie::{session_cookie, with_cookie_lifetime};
pub use layer::recognise_player;
