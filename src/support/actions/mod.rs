//! What staff do for a player.

mod views;

pub(in crate::support) use views::Panel;
