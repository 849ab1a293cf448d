//! Who is asking: the session cookie becomes a session, its player and the player's link, in one read.

mod cookie;
mod layer;
mod store;

pub use cookie::SessionRows;
pub use layer::recognise;
