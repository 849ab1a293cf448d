//! Search for a player by anything that a player can quote.
//!
//! An index answers each kind of search, however many players there are; `tests/portal/search_plans.rs` reads the
//! query plans. Results are masked, and a former Amazon id is not shown at all. The audit record of a search says
//! in which ways it searched, never what was typed.
//!
//! The search cannot list all players. A text of one or two letters finds whole names, only the first hundred matches are shown, and
//! searches are limited (S120).

mod find;
mod forms;
mod list;
mod model;
pub mod pages;
mod store;
mod views;
