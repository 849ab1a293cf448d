//! Sessions as rows: of browsers, of games, and of staff.

pub mod browser;
pub mod game;
mod origin;
pub mod staff;

pub use crate::web::current_player::SignedInWith;
pub use origin::SessionOrigin;
