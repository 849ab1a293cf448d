//! Game sessions as rows, and the tokens with which a game resumes its session (S77).
//!
//! A session is one player signed in from one game. By default it ends 30 days after its last sign-in, or 7 days
//! after its last use. A token is 256 random bits, and the row has only their hash. An accepted handshake adds a
//! token, unless the session has many. The presented token stays valid for its own idle time, because games lose
//! answers and keep old tokens.
//! Ending the session ends all its tokens.
//!
//! [`crate::sessions::browser`] calls this module: the functions that end a player's browser sessions end these too,
//! so no verb can forget them (S25). Game and browser sessions have separate tables, tokens and lists.

mod model;
pub mod personal_data;
mod store;

pub use model::{GamePlace, GameSession, GameSessionSummary, NewGameSession, ResumedSession, TokenExchange};
pub use store::{
    alive_sessions, end_all, end_all_of_device, end_all_signed_in_with, end_expired_session,
    end_expired_token, end_session, find_by_token, find_expired, find_session, has_come_from, has_token,
    keep_only_token, list, note_use, place_of, resume_session, separate_session, session_of_token,
    sign_in_session, sweep,
};
