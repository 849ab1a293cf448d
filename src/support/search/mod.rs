//! Finding a player by anything a player can quote, in one box.
//!
//! Promises that every kind of search is answered from an index, however many players there are (a test reads the
//! databases' plans); that what identifies a person is shown masked and a former Amazon id not at all; and that a
//! search leaves a record of how it was asked, never of what was typed. Refuses to list players: a name needs three
//! characters, nobody sees more than the first hundred who match, and searches are counted (S120).

mod find;
mod forms;
mod list;
mod model;
pub mod pages;
mod store;
mod views;
