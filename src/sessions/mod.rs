//! Sessions as rows: of browsers, of games, and of staff.

pub mod browser;
pub mod game;
pub mod held_answer;
mod known_network;
mod origin;
pub mod staff;

pub use crate::web::current_player::SignedInWith;
pub use known_network::is_known_network;
pub use origin::SessionOrigin;
