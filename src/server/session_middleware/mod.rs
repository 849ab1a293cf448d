//! Who is asking: the session cookie becomes a session, its player and the player's link, in one read; under
//! `/support`, and only there, the desk's own cookie becomes a member of staff.

mod cookie;
mod layer;
mod staff;
mod store;

pub use cookie::SessionRows;
pub use layer::recognise;
