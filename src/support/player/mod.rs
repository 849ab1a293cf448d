//! A player's page at the desk: who they are, how they get in, their link, and everything that happened.
//!
//! Promises that what identifies a person is masked until somebody says why they need it, and then shown once, in the
//! answer to that form and at no address (S121); that looking leaves a record; that no page shows a token, a hash or
//! anything sealed; and that what is read is found by the player's id alone, so that it costs the same among any
//! number of players. Refuses to change anything: that is `actions`.

mod event_text;
mod forms;
mod identity;
mod link;
mod load;
mod masking;
mod model;
pub mod pages;
mod relative_time;
mod store;
mod summary;
mod tables;
mod timeline;
mod timeline_view;
mod unmask;
mod view_context;
mod views;

pub(in crate::support) use model::{OverviewLimit, PlayerOverview};
pub(in crate::support) use pages::page;
