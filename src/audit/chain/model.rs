//! A link of the chain, and the signed head.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, Utc};
use data_encoding::HEXLOWER;
use diesel::{Queryable, Selectable};
use subtle::ConstantTimeEq;

use crate::audit::record::AuditRecord;
use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::schema::{audit_heads, audit_seals};

/// The hash before the first link.
pub(super) const NOTHING: [u8; 32] = [0; 32];

/// A seal with its record, if the record still exists.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_seals)]
pub(super) struct ChainLink {
    #[diesel(column_name = event_id)]
    pub event: String,
    /// `None` for a record from before the chain.
    pub tag: Option<Vec<u8>>,
    pub position: Option<i64>,
    pub previous: Option<Vec<u8>>,
    pub hash: Option<Vec<u8>>,
    #[diesel(embed)]
    pub record: Option<AuditRecord>,
}

impl ChainLink {
    /// The tag that the chain covers, over the record as it is now. `None` if the record is missing.
    pub fn content(&self, key: &PurposeKey) -> Option<[u8; 32]> {
        let record = self.record.as_ref()?;
        Some(if self.tag.is_some() { record.tag(key) } else { record.tag_before_the_chain(key) })
    }

    /// Whether the record matches its own seal.
    pub fn is_as_sealed(&self, key: &PurposeKey) -> bool {
        match (&self.tag, &self.record) {
            (Some(tag), Some(record)) => record.is_sealed_by(key, tag),
            _ => false,
        }
    }

    /// Whether the link is at the position where it was placed, with the same record.
    pub fn is_in_place(&self, key: &PurposeKey) -> bool {
        let (Some(content), Some(position), Some(previous), Some(hash)) =
            (self.content(key), self.position, &self.previous, &self.hash)
        else {
            return false;
        };
        hash_of(key, previous, position, &self.event, &content).ct_eq(hash).into()
    }
}

/// The hash at a position: over the previous hash, the position and the record.
pub(super) fn hash_of(
    key: &PurposeKey,
    previous: &[u8],
    position: i64,
    event: &str,
    content: &[u8],
) -> [u8; 32] {
    key.tag(&[b"audit chain", previous, &position.to_be_bytes(), event.as_bytes(), content])
}

/// The signed state of the chain: where it ends and where it begins.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = audit_heads)]
pub(super) struct ChainHead {
    pub position: i64,
    pub hash: Vec<u8>,
    /// The last position that retention has deleted, and its hash.
    pub tail_position: i64,
    pub tail_hash: Vec<u8>,
    /// Whether the chain contains all records from before it.
    pub is_founded: bool,
    pub signed_at: DateTime<Utc>,
}

impl ChainHead {
    /// The head of an empty chain.
    pub fn new(at: DateTime<Utc>) -> Self {
        Self {
            position: 0,
            hash: NOTHING.to_vec(),
            tail_position: 0,
            tail_hash: NOTHING.to_vec(),
            is_founded: false,
            signed_at: at,
        }
    }

    pub fn signature(&self, key: &PurposeKey) -> [u8; 32] {
        key.tag(&[
            b"audit head",
            &self.position.to_be_bytes(),
            &self.hash,
            &self.tail_position.to_be_bytes(),
            &self.tail_hash,
            &[u8::from(self.is_founded)],
            &self.signed_at.timestamp_micros().to_be_bytes(),
        ])
    }

    pub fn is_signed_by(&self, key: &PurposeKey, signature: &[u8]) -> bool {
        self.signature(key).ct_eq(signature).into()
    }

    pub fn external(&self) -> ExternalChainHead {
        ExternalChainHead { position: self.position, hash: self.hash.clone() }
    }
}

/// A head as the log prints it: `position:hash`.
///
/// A copy outside the database reveals a chain that was cut or replaced together with its head.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExternalChainHead {
    pub(super) position: i64,
    pub(super) hash: Vec<u8>,
}

impl fmt::Display for ExternalChainHead {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.position, HEXLOWER.encode(&self.hash))
    }
}

impl FromStr for ExternalChainHead {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "must be position:hash, as the log has it";
        let (position, hash) = text.split_once(':').ok_or(wrong)?;
        let position = position.parse().map_err(|_| wrong)?;
        let hash = HEXLOWER.decode(hash.as_bytes()).map_err(|_| wrong)?;
        Ok(Self { position, hash })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_known_head_is_read_as_it_is_written() {
        let head = ChainHead { position: 7, ..ChainHead::new(DateTime::UNIX_EPOCH) }.external();
        assert_eq!(head.to_string().parse(), Ok(head));
        assert!("7".parse::<ExternalChainHead>().is_err() && "x:00".parse::<ExternalChainHead>().is_err());
    }
}
