//! The way back for a player who has lost the second factor and every recovery code (S157).
//!
//! Whoever has given the first factor asks for it, and a link to the proven address begins a wait of
//! `DOVETAIL_FACTOR_RECOVERY_AFTER`. The player is mailed at once and every day, and sees it on every page. Until it is
//! over, the mailed link, **Cancel** in any session, a sign-in with the second factor, another address, and every act that
//! ends everything end it. Afterwards the first factor, and a new password that is long enough to stand alone, turn the
//! second factor off. Whoever knows only the password begins nothing; whoever reads the mail as well has to wait.

mod ask;
mod begin;
mod cancel;
mod finish;
mod forms;
mod links;
pub mod pages;
pub mod personal_data;
pub(in crate::accounts) mod store;
mod tell;
mod views;

pub use store::sweep;
pub use tell::tell_due;
