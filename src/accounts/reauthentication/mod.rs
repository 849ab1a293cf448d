//! Confirms again that a session belongs to its player.

pub(super) mod reauthenticate;
