//! Signing in on a TV or console by a code, and linking an Amazon account to its player (RFC 8628, RFC 10027).
//!
//! The game shows a code, also without a player. A person types it in a browser, which shows device, game, network and
//! player. The person then makes the ordinary way in, and either signs the TV in as their own player, or links their
//! Amazon account to the TV's player.
//!
//! Only the typed code leads to the page, never an address, and nothing happens before a confirmation. The TV's session
//! proves nothing. The game takes up the outcome with its `linkingId`, a secret of which the row has only the hash.

mod allow;
mod begin;
mod forms;
mod link;
mod model;
pub mod pages;
mod pending;
mod progress;
pub(super) mod store;
mod views;

pub use begin::{SignInCodeRefusal, SignInCodeRequester, begin_sign_in};
pub use model::SignInCodeState;
pub use progress::{states_of, take_progress};
pub use store::sweep;
