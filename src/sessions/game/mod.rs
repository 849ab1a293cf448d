//! Game sessions as rows, and the tokens that bring a game back to its session (S77).
//!
//! A session is one player signed in from one game; it ends 30 days after its last proof of identity, or
//! when it was not used for 7 (the settings say). A token is 256 random bits that the game keeps, known here by
//! its hash. Every accepted handshake adds a token, and the one presented lives on for its own idle time,
//! because games lose answers and keep old ones. Ending the session ends them all.
//!
//! It is a room below [`crate::sessions::browser`], which calls it: whoever ends a player's browser sessions ends
//! these with the same call, so that no verb can forget them (S25). It knows neither messages nor sockets.
//! Refuses to be a browser's session: the two have tables, tokens and lists of their own.

mod model;
pub mod personal_data;
mod store;

pub use model::{GamePlace, GameSession, GameSessionSummary, NewGameSession, TokenExchange};
pub use store::{
    alive, end, end_all, end_all_signed_in_with, enter, find, find_by_token, list, note_use, resume, sweep,
};
