//! What happened, to whom, by whom. A record is written in the transaction of the change it tells of, or
//! the change does not happen (S125). It holds no secret and no name; what is personal about it (the
//! neighbourhood of the network, a reason in somebody's words) is sealed under a key of the player's own,
//! and gone when that key is (S126, S130).
//!
//! Each record has a seal of its own from its first moment. A worker then gives it its place in one chain
//! ([`AuditChain`]), so that whoever breaks into the database can change, take, swap or add nothing unseen.

mod chain;
mod event;
mod model;
mod personal;
mod record;
mod store;

pub use chain::{
    AuditChain, ChainFinding, ChainReport, ExternalChainHead, SealOutcome, start as start_sealing,
};
pub use event::{Actor, AuditEvent, Kind};
pub use model::{AuditEntry, AuditFilter};
pub use personal::forget;
pub use store::{SEALED, append, list};
