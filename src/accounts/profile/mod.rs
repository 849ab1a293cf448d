//! How a player appears: names and language. Nothing here changes who gets in.

mod forms;
pub mod pages;
mod save;
mod views;
