//! A player's page: identity, login methods, link and history.
//!
//! What identifies a person is masked. A member of staff who gives a reason sees it once, in the answer to that
//! form and at no address (S121). Each view writes an audit record. No page shows a token, a hash or a sealed
//! value. Every query filters by the player's id, so its cost does not grow with the number of players.
//!
//! This module changes no player: its action forms run the verbs of `actions`.

mod action_forms;
pub mod action_pages;
mod action_panel;
mod event_text;
mod forms;
mod identity;
mod link;
mod load;
mod masking;
mod model;
pub mod pages;
mod store;
mod summary;
mod tables;
mod timeline;
mod timeline_view;
mod unmask;
mod view_context;
mod views;
