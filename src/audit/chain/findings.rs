//! What may be wrong with the records, each named so that an operator knows where to look.

use std::fmt;

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChainFinding {
    /// There are links, and no head.
    NoHead,
    /// The head's signature does not hold.
    HeadForged,
    /// The chain ends before its head: the newest records were taken.
    CutOff { from: i64, to: i64 },
    /// The chain goes on after its head: an older head was put back.
    HeadTooOld { position: i64 },
    /// What stands at the head's position is not what the head says.
    HeadDiffers { position: i64 },
    /// The chain does not begin where its tail says.
    TailDiffers { position: i64 },
    /// A known head of before is not in the chain: it was put together anew.
    Rewritten { position: i64 },
    /// A record's words are not those that were sealed.
    Edited { position: Option<i64>, event: String },
    /// The seal is there, its record is not.
    Deleted { position: Option<i64>, event: String },
    /// Records and seals are gone from the middle.
    Missing { from: i64, to: i64 },
    /// The record is genuine and stands where another belongs.
    Moved { position: i64, event: String },
    /// The record was not made by this portal: it has no seal.
    Inserted { event: String },
    /// Waits longer than a minute for its place: no sealer runs, or it will not take the record.
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

/// What a verification found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChainReport {
    /// Links that were looked at.
    pub checked: i64,
    /// Of these, records from before the chain: what they said before they were adopted, nobody vouches for.
    pub from_before: i64,
    /// Records that wait for their place, for less than a minute.
    pub waiting: i64,
    pub findings: Vec<ChainFinding>,
}
