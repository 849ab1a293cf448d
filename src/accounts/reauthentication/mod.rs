//! Proving again that a session still belongs to its player.

pub(super) mod reauthenticate;
