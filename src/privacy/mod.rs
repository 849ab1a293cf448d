//! What is stored about people: the privacy page, a player's export, and the erasure of an account.
//!
//! The export contains everything that is stored about its player. It contains no secret, nothing about anybody
//! else, and no name of a member of staff. An erased account leaves its id in the audit records and in the event
//! feed, and nothing else. The player gets mail about an export, when the account begins to close, and about an erasure.
//!
//! `docs/personal-data.md` says what each column contains, how long it is kept and what becomes of it. Tests
//! compare that page with the schema, the export and the erasure.
//!
//! No copy of an export is kept. Other features' tables are not read here: each feature exports and erases its
//! own personal data (`personal_data.rs`).

mod audit_view;
mod close;
pub mod data_pages;
mod erase;
mod export;
mod export_stream;
mod forms;
pub mod keep_pages;
pub mod pages;
mod receipt;
mod requester;
mod sections;
mod views;

pub use close::{CloseRefusal, close_account};
pub use erase::{erase_again, erase_due, erase_left_behind, erase_player};
pub use export::export_player;
pub use receipt::Receipt;
pub use requester::PrivacyRequester;
