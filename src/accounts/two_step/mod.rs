//! The page on which a player turns the second factor on and off, and keeps its recovery codes and browsers (S157).
//!
//! Each change asks for fresh proof of this session, tells the player by mail and is recorded. The secret travels in an
//! encrypted cookie until its first code has come back; only then is it stored. Turning the factor off asks for a
//! password that is long enough to stand alone.

mod forms;
mod mails;
pub mod pages;
mod recovery_codes;
mod turn_off;
mod turn_on;
mod views;
