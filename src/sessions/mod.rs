//! Sessions as rows: of browsers, of games, and of staff.

pub mod browser;
pub mod game;
pub mod staff;

pub use crate::web::current_player::SignedInWith;
