//! An audit record as its row stores it, and the tag that seals it.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::schema::audit_events;

/// A row with its stored strings. Verification must also read records that an intruder wrote.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = audit_events)]
pub(super) struct AuditRecord {
    pub id: String,
    pub at: DateTime<Utc>,
    pub kind: String,
    #[diesel(column_name = player_id)]
    pub player: Option<String>,
    pub actor: String,
    #[diesel(column_name = staff_id)]
    pub staff: Option<String>,
    #[diesel(column_name = session_id)]
    pub session: Option<String>,
    pub reference: String,
    /// The client's network in plain text; new records have it only without a player.
    pub network: Option<String>,
    /// Sealed under the player's key.
    pub personal: Option<Vec<u8>>,
    pub details: String,
}

impl AuditRecord {
    /// The record's own seal: an HMAC over all its fields.
    pub fn tag(&self, key: &PurposeKey) -> [u8; 32] {
        self.tag_with(key, b"audit record", self.network.as_deref())
    }

    /// Whether `tag` is the record's seal, compared in constant time.
    pub fn is_sealed_by(&self, key: &PurposeKey, tag: &[u8]) -> bool {
        subtle::ConstantTimeEq::ct_eq(self.tag(key).as_slice(), tag).into()
    }

    /// The tag that the chain covers for a record from before the seals.
    ///
    /// It leaves out the network. Such records store it in plain text, and erasing the player clears it.
    pub fn tag_before_the_chain(&self, key: &PurposeKey) -> [u8; 32] {
        self.tag_with(key, b"audit record from before the chain", None)
    }

    fn tag_with(&self, key: &PurposeKey, prefix: &[u8], network: Option<&str>) -> [u8; 32] {
        key.tag(&[
            prefix,
            self.id.as_bytes(),
            &self.at.timestamp_micros().to_be_bytes(),
            self.kind.as_bytes(),
            &encode_optional(self.player.as_deref().map(str::as_bytes)),
            self.actor.as_bytes(),
            &encode_optional(self.staff.as_deref().map(str::as_bytes)),
            &encode_optional(self.session.as_deref().map(str::as_bytes)),
            self.reference.as_bytes(),
            &encode_optional(network.map(str::as_bytes)),
            &encode_optional(self.personal.as_deref()),
            self.details.as_bytes(),
        ])
    }
}

/// Encodes an optional value, so that `None` and an empty value give different seals.
fn encode_optional(value: Option<&[u8]>) -> Vec<u8> {
    match value {
        Some(value) => [b"+", value].concat(),
        None => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::crypto::keys::{KeyMaterial, KeyPurpose};

    fn record() -> AuditRecord {
        AuditRecord {
            id: "1".into(),
            at: DateTime::UNIX_EPOCH,
            kind: "player.session.started".into(),
            player: Some("ann".into()),
            actor: "player".into(),
            staff: None,
            session: None,
            reference: "R".into(),
            network: None,
            personal: None,
            details: "{}".into(),
        }
    }

    #[test]
    fn whatever_changes_in_a_record_changes_its_seal() {
        let key = KeyMaterial::from_bytes([7; 64]).derive(KeyPurpose::Audit);
        let some = || Some(String::new());
        let changes: [fn(&mut AuditRecord, Option<String>); 11] = [
            |r, _| r.id.push('0'),
            |r, _| r.at += chrono::TimeDelta::microseconds(1),
            |r, _| r.kind.push('x'),
            |r, _| r.player = None,
            |r, _| r.actor = "support".into(),
            |r, some| r.staff = some,
            |r, some| r.session = some,
            |r, _| r.reference.clear(),
            |r, some| r.network = some,
            |r, _| r.personal = Some(Vec::new()),
            |r, _| r.details = "{ }".into(),
        ];
        let mut tags = vec![record().tag(&key), record().tag_before_the_chain(&key)];
        for change in changes {
            let mut other = record();
            change(&mut other, some());
            assert!(!other.is_sealed_by(&key, &record().tag(&key)));
            tags.push(other.tag(&key));
        }
        tags.sort_unstable();
        tags.dedup();
        assert_eq!(tags.len(), 13);
    }
}
