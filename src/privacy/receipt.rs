//! The receipt of an erasure: how many rows of each kind were deleted, signed, for the person who had the account
//! (S167).
//!
//! It goes out with the last mail, and nothing of it is kept. The signature is the portal's own, so that
//! `dovetail player receipt verify` tells a true receipt from a forged one as long as the audit key stays the same.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use data_encoding::BASE64URL_NOPAD;
use serde::{Deserialize, Serialize};

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::privacy::sections::{SECTIONS, SectionQuery};

/// What the tag is for, so that no other tag of the same key is taken for it.
const PURPOSE: &[u8] = b"receipt of an erasure";

/// Kept without its personal part, as the pages say, and so not counted.
const KEPT: &str = "history";

/// Rows by section of the export, where there was any.
pub(super) type DeletedRows = BTreeMap<String, u64>;

/// What a receipt says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    pub site: String,
    /// The random id that the player had.
    pub player: String,
    pub erased_at: DateTime<Utc>,
    pub deleted: DeletedRows,
}

/// Counts what is about to be deleted.
pub(super) fn count_rows(conn: &mut Conn, vault: &Vault, player: &PlayerId) -> QueryResult<DeletedRows> {
    let mut all = DeletedRows::new();
    for section in SECTIONS.iter().filter(|section| section.key != KEPT) {
        let (mut count, mut after) = (0, String::new());
        loop {
            let page = section.read(conn, &SectionQuery { vault, player, after: &after })?;
            count += page.rows.len() as u64;
            match page.rows.last().filter(|_| page.has_more) {
                Some(last) => after.clone_from(&last.id),
                None => break,
            }
        }
        if count > 0 {
            all.insert(section.key.to_owned(), count);
        }
    }
    Ok(all)
}

impl Receipt {
    /// The receipt with its signature, as one word.
    pub(super) fn signed(&self, key: &PurposeKey) -> Result<String, Fault> {
        let json = serde_json::to_vec(self).map_err(|error| Fault::broken("writing a receipt", error))?;
        let tag = key.tag(&[PURPOSE, &json]);
        Ok(format!("{}.{}", BASE64URL_NOPAD.encode(&json), BASE64URL_NOPAD.encode(&tag)))
    }

    /// The receipt in a text, if this portal has signed it. Line breaks and quotation marks of mail are skipped.
    pub fn verify(text: &str, key: &PurposeKey) -> Option<Self> {
        let word: String = text.chars().filter(|one| !one.is_whitespace() && *one != '>').collect();
        let (json, tag) = word.split_once('.')?;
        let json = BASE64URL_NOPAD.decode(json.as_bytes()).ok()?;
        let tag = BASE64URL_NOPAD.decode(tag.as_bytes()).ok()?;
        if !key.verifies(&[PURPOSE, &json], &tag) {
            return None;
        }
        serde_json::from_slice(&json).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::crypto::keys::{KeyMaterial, KeyPurpose};

    #[test]
    fn only_what_this_portal_has_signed_is_true() {
        let key = |byte| KeyMaterial::from_bytes([byte; 64]).derive(KeyPurpose::Audit);
        let receipt = Receipt {
            site: "Acorn Games".to_owned(),
            player: "0199aaaa-0000-7000-8000-000000000001".to_owned(),
            erased_at: DateTime::UNIX_EPOCH,
            deleted: DeletedRows::from([("account".to_owned(), 1), ("devices".to_owned(), 2)]),
        };
        let signed = receipt.signed(&key(1)).unwrap();
        assert_eq!(Receipt::verify(&signed, &key(1)), Some(receipt));
        let quoted = format!("> {}\n> {}\n", &signed[..40], &signed[40..]);
        assert!(Receipt::verify(&quoted, &key(1)).is_some(), "as a mail program quotes it");
        assert_eq!(Receipt::verify(&signed, &key(2)), None);
        assert_eq!(Receipt::verify(&signed[1..], &key(1)), None);
        assert_eq!(Receipt::verify("", &key(1)), None);
    }
}
