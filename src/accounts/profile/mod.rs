//! The profile of a player: names and language. Nothing here changes who can sign in.

mod forms;
pub mod pages;
mod save;
mod views;
