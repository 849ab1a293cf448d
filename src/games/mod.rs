//! The interface for games: the protocol of GameSparks' SDKs, over WebSocket and HTTP (S73 to S84).
//!
//! docs/protocols/gamesparks.md describes the protocol, docs/games.md how a game uses it. Both transports
//! give the same answers. Every message is judged by the session that is valid at that moment (S82). The
//! requests of one connection are answered in order. A client without a valid game credential is refused;
//! with no credentials in the settings the interface does not exist. A game's session is never a browser's
//! session, and never proof of identity (S29).

mod connection_registry;
pub mod devices;
pub mod gateway;
mod protocol;
mod requests;

pub use gateway::Gateway;
