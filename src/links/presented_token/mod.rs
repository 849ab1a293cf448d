//! Tokens that a game or a phone's app got from Amazon and hands over: the player behind them, linked and found
//! by the same rules as in a browser, but for what the game's flags ask (product §5, S73 to S76).
//!
//! Promises that no token is believed before Amazon said that it is for a client of ours, that nothing is written
//! when Amazon says no or nothing, and that of many who bring one new identity at once one makes its player.
//! Refuses to link by email, and to put a handed-over token in the place of tokens from a code exchange.

mod apply;
mod connect;
mod disconnect;
mod model;
mod verify;

pub use apply::FreshAuthPolicy;
pub(super) use apply::letter;
pub use connect::connect;
pub use disconnect::disconnect;
pub use model::{ConnectFlags, ConnectOptions, ConnectRefusal, DisconnectRefusal, GameCallContext};
