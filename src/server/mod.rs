//! The HTTP server: its routes, its layers, and the replay of actions that waited for fresh proof.

mod connections;
pub mod layers;
mod reauthentication_replay;
mod refused_forms;
pub(crate) mod routes;
mod session_middleware;
