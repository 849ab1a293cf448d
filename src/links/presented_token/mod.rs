//! Tokens that a game or a phone app got from Amazon and presents to the portal.
//!
//! The same rules as in the browser find and link the player, apart from the flags of the request
//! (docs/protocols/gamesparks.md#amazonconnectrequest, S73 to S76).
//!
//! A token counts only after Amazon has confirmed that it was issued to one of the portal's clients. If Amazon
//! refuses or fails, nothing is written. Of concurrent requests with one new identity exactly one creates the player.
//!
//! No link is made by email. A presented token never replaces tokens of a code exchange.

mod apply;
mod connect;
mod disconnect;
mod model;
mod verify;

pub use connect::connect_identity;
pub use disconnect::disconnect_identity;
pub use model::{ConnectFlags, ConnectOptions, ConnectRefusal, DisconnectRefusal, GameCallContext};
