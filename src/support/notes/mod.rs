//! What staff write down about a player, for each other. The player gets it with the export (S129), so it is
//! written with that in mind; it is sealed like everything personal, and goes when the player goes.

mod model;
mod personal_data;
mod store;

pub(super) use model::{NewNote, Note};
pub(super) use store::{add, of_player};

pub use personal_data::notes as held;
pub use store::SEALED;
