//! Notes about a player that staff write for each other.
//!
//! A note is part of the player's export (S129). It is sealed, and deleted with the account.

mod model;
mod personal_data;
mod store;

pub(super) use model::{NewNote, Note};
pub(super) use store::{add, of_player};

pub use personal_data::notes as held;
pub use store::SEALED;
