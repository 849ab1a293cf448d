//! The HTTP server: its routes and its layers.

pub mod layers;
mod reauthentication_replay;
pub(crate) mod routes;
mod session_middleware;
