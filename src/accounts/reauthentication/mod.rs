//! Confirms again that a session belongs to its player.
//!
//! It knows no links: `src/server/` resumes the action that a reauthentication interrupted.

mod forms;
pub mod pages;
mod reauthenticate;
mod second_factor;
mod views;

pub use second_factor::give_code_before_amazon;
#[cfg(test)]
pub use views::lead_for;
