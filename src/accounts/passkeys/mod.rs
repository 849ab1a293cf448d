//! Passkeys of players (`WebAuthn` Level 3): added, named and removed in a session, used to sign in and as fresh proof.
//!
//! User verification is always required, so a passkey is enough on its own. Attestation is not asked for.
//! The server keeps what an answer is compared with. It is bound to the browser and, after the sign-in, to the session;
//! it works once and for five minutes (S162). The last way in is not removed (S63), and a counter that goes back refuses
//! the sign-in (S163).

mod add;
mod assertion;
mod ceremony;
mod confirm;
mod copy_warning;
mod forms;
mod model;
pub mod origins_pages;
pub mod pages;
pub mod personal_data;
pub mod proof_pages;
mod relying_party;
mod remove;
mod rename;
mod sign_in;
mod store;
mod views;

pub use store::sweep;
