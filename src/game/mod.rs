//! The door for games: the protocol that GameSparks' SDKs speak, over WebSocket and HTTP
//! (`gamesparks-contract.md`; S73 to S84).
//!
//! Promises that both ways lead to the same answers, that every message is judged by who is signed in at
//! that moment (S82), and that one connection's requests are answered in order. Refuses whatever shows no
//! credential of ours; with no credentials in the settings there is no door at all. A game's session is
//! never a browser's, and never proof of identity (S29).

mod account_details;
mod amazon_connect;
mod amazon_link_by_code;
mod authentication;
mod caller;
mod change_user_details;
mod claim_account_by_code;
mod connection;
mod credentials;
mod crowd;
mod device_authentication;
mod dispatch;
mod door;
mod end_session;
mod entering;
mod exchange;
mod external_ids;
mod frame_limit;
mod handshake;
pub mod http;
mod news;
mod registration;
mod social_disconnect;
pub mod socket;
mod sockets;
mod wire;

pub use door::Door;
