//! What `dovetail audit verify` can find wrong, each named so that an operator knows where to search.

use std::fmt;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFinding {
    /// There are links, but no head.
    NoHead,
    /// The head's signature is not valid.
    HeadForged,
    /// The chain ends before its head: the newest records were deleted.
    CutOff { from: i64, to: i64 },
    /// The chain continues after its head: an older head was restored.
    HeadTooOld { position: i64 },
    /// The link at the head's position has another hash than the head.
    HeadDiffers { position: i64 },
    /// The first link does not continue from the tail.
    TailDiffers { position: i64 },
    /// A head that was noted earlier is not in the chain: the chain was built again.
    Rewritten { position: i64 },
    /// The record differs from what was sealed.
    Edited { position: Option<i64>, event: String },
    /// The seal exists, its record does not.
    Deleted { position: Option<i64>, event: String },
    /// Records and seals are missing from the middle.
    Missing { from: i64, to: i64 },
    /// The record is genuine, but at another record's position.
    Moved { position: i64, event: String },
    /// This portal did not write the record: it has no seal.
    Inserted { event: String },
    /// The record has waited for a position for more than a minute.
    ///
    /// No sealer runs, or the sealer rejects the record.
    Waits { event: String },
}

impl fmt::Display for ChainFinding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHead => write!(f, "deleted: the signed head is gone"),
            Self::HeadForged => write!(f, "edited: the head is not signed with this portal's audit key"),
            Self::CutOff { from, to } => {
                write!(f, "truncated: the newest records are gone, positions {from} to {to}")
            }
            Self::HeadTooOld { position } => {
                write!(
                    f,
                    "truncated: the head ends at {position} and the chain goes on; an older head was put back"
                )
            }
            Self::HeadDiffers { position } => {
                write!(f, "edited: position {position} is not what the signed head says")
            }
            Self::TailDiffers { position } => {
                write!(f, "edited: the chain does not go on from its signed tail at {position}")
            }
            Self::Rewritten { position } => {
                write!(f, "truncated: the head that was given is not in the chain at {position}")
            }
            Self::Edited { position, event } => write!(f, "edited: {}", ChainPosition(*position, event)),
            Self::Deleted { position, event } => write!(f, "deleted: {}", ChainPosition(*position, event)),
            Self::Missing { from, to } => write!(f, "deleted: positions {from} to {to}, with their seals"),
            Self::Moved { position, event } => {
                write!(f, "swapped: record {event} stands at position {position}, where another belongs")
            }
            Self::Inserted { event } => write!(f, "inserted: record {event} has no seal of this portal"),
            Self::Waits { event } => {
                write!(f, "waiting: record {event} has had no place in the chain for over a minute")
            }
        }
    }
}

struct ChainPosition<'a>(Option<i64>, &'a str);

impl fmt::Display for ChainPosition<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Some(position) => write!(f, "record {} at position {position}", self.1),
            None => write!(f, "record {}, not yet in the chain", self.1),
        }
    }
}

/// The result of a verification.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    /// Links that were checked.
    pub checked: i64,
    /// Of the checked links, records from before the chain.
    ///
    /// Their content before the chain adopted them is not proven.
    pub from_before: i64,
    /// Records that have waited for a position for less than a minute.
    pub waiting: i64,
    pub findings: Vec<ChainFinding>,
}
