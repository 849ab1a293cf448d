//! The player account, with the password and the address to sign in with.
//!
//! An address counts only after its mailed code came back, and the previous address can undo a change for a week.
//! The portal never says whether somebody else has an address.

pub(super) mod limits;
mod model;
mod open_ends;
pub mod personal_data;
pub mod store;

pub use model::{NewGamePlayer, NewPlayer, PlayerAccount, PlayerCredentials, TABLE, read_segments};
pub use open_ends::end_everything;
pub(super) use open_ends::{end_all_of_browser, end_attempts, end_what_visitor_began};
pub use store::player_account;
