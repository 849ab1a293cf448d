//! The audit log: what happened, to which player, and who caused it.
//!
//! A record is written in the transaction of the change that it describes, or the change does not happen
//! (S125). A record contains no secret and no name. Its personal part (the client's network and browser, a
//! reason in free text) is sealed under the player's own key. Destroying that key makes the personal part
//! unreadable (S126, S130).
//!
//! Each record has its own seal from the start. A worker then gives it a position in one chain
//! ([`AuditChain`]). Verification of the chain detects records that an intruder in the database changed,
//! deleted, swapped or added.

mod chain;
mod event;
mod model;
mod personal;
mod record;
mod store;

#[cfg(feature = "test-support")]
pub use chain::ChainFinding;
pub use chain::{AuditChain, ChainReport, ExternalChainHead, start as start_sealing};
pub use event::{Actor, AuditEvent, Kind};
pub use model::{AuditEntry, AuditFilter};
pub use personal::destroy_player_key;
pub use store::{SEALED, append_event, count_of, last_of, list_records, write_event};
