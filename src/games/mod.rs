//! The door for games: the protocol that GameSparks' SDKs speak, over WebSocket and HTTP
//! (`gamesparks-contract.md`; S73 to S84).
//!
//! Promises that both ways lead to the same answers, that every message is judged by who is signed in at
//! that moment (S82), and that one connection's requests are answered in order. Refuses whatever shows no
//! credential of ours; with no credentials in the settings there is no door at all. A game's session is
//! never a browser's, and never proof of identity (S29).

pub mod devices;
pub mod gateway;
mod protocol;
mod requests;

pub use gateway::Gateway;
