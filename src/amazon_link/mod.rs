//! One player, one Amazon identity: linking, replacing, signing in, proving it is you, unlinking.
//!
//! A trip to Amazon is an *attempt* with a purpose fixed when it begins, bound to one browser (and, but for
//! sign-in, to one session and player), spent once. What comes back is judged by [`model::decide`], which
//! is the table of the product page as a pure function; the database's unique rules decide races. Nothing
//! is linked by email, and nothing is written for `link` and `replace` before the person has seen both names.
//! Tokens that games hand over go through the same table ([`handed_over`]).

mod arrive;
mod begin;
mod by_code;
mod complete;
mod confirm;
pub mod decision_pages;
mod forms;
mod handed_over;
pub mod held;
mod identity;
mod made_up;
mod matching;
mod model;
pub mod pages;
mod register;
mod revoke;
mod store;
pub mod trip_pages;
mod unlink;
mod views;

pub use by_code::{Grant, Joined, Joining, NotJoined, NotProven, prove};
pub use handed_over::{
    Fence, Flags, Hands, NotConnected, NotDisconnected, Wish, connect as connect_handed_over,
    disconnect as disconnect_from_game,
};
pub use made_up::MadeUpLink;
pub use model::{
    Cause, Details, FormerLink, Stage, TokensFrom, place_of_access_token, place_of_refresh_token,
};
pub use revoke::{Revocation, Revoked};
pub use store::{AtRest, SEALED, Sent, Summary, as_sent, details, former_of, summary, sweep};
pub use unlink::{By, LastWay, NotUnlinked, Unlinking};
