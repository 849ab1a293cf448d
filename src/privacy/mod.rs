//! What is kept about people: said on a page of its own, given to them as a file, and taken away when they go.
//!
//! Promises that the file holds everything that is kept of its player and nothing of anybody else's, no secret, and
//! no name of a member of staff; that an account which is deleted leaves its id in the record and in the feed, and
//! nothing else; and that both are told to the player by mail. What each column holds, how long it is kept and what
//! becomes of it stands in `docs/personal-data.md`, which tests hold against the schema, the file and the deletion.
//! Refuses to keep a copy, and to know other rooms' tables: each room says itself what it holds of a player (`held`).

mod audit_view;
pub mod data_pages;
mod erase;
mod export;
mod export_stream;
mod forms;
pub mod pages;
mod requester;
mod sections;
mod views;

pub use erase::erase;
pub use export::export;
pub use requester::PrivacyRequester;
