//! Service keys, by which game servers authenticate.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use secrecy::SecretString;

use crate::id_type;
use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::db::schema::service_keys;
use crate::platform::db::types::WordList;
use crate::platform::fault::Fault;
use crate::service_api::Scope;

id_type! {
    /// Names a service key in the operator's list and in audit records. It is not the secret.
    KeyId
}

/// The prefix of every key, so that a search finds a leaked one.
const PREFIX: &str = "dovetail_sk_";

/// The text of a key: the prefix and 256 random bits.
pub(super) struct ServiceKeyText(OpaqueToken);

impl ServiceKeyText {
    pub fn generate() -> Result<Self, Fault> {
        OpaqueToken::generate().map(Self)
    }

    /// Parses what a caller sent; `None` if it does not have the shape of a key.
    pub fn parse(text: &str) -> Option<Self> {
        text.strip_prefix(PREFIX).and_then(OpaqueToken::parse).map(Self)
    }

    /// The whole text, which is shown to the operator once.
    pub fn expose(&self) -> SecretString {
        SecretString::from(format!("{PREFIX}{}", self.0.expose()))
    }

    pub fn hash(&self) -> TokenHash {
        self.0.hash()
    }
}

/// A key in the operator's list.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = service_keys)]
pub struct ServiceKey {
    pub id: KeyId,
    pub name: String,
    #[diesel(deserialize_as = WordList<Scope>)]
    pub scopes: Vec<Scope>,
    pub created_at: DateTime<Utc>,
    pub expires_at: Option<DateTime<Utc>>,
    /// Accurate to a few minutes.
    pub last_used_at: Option<DateTime<Utc>>,
    pub revoked_at: Option<DateTime<Utc>>,
}

impl ServiceKey {
    /// Whether the key is valid at `now`: neither revoked nor expired.
    pub fn is_valid(&self, now: DateTime<Utc>) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|end| now < end)
    }
}

/// The authenticated key, as a handler sees it.
#[derive(Clone, Debug)]
pub struct ServiceKeyHolder {
    pub key: KeyId,
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    #[test]
    fn a_key_comes_back_and_nothing_else_is_one() {
        let key = ServiceKeyText::generate().unwrap();
        let text = key.expose();
        let text = text.expose_secret();
        assert_eq!(text.len(), 55);
        assert_eq!(key.hash().as_str(), ServiceKeyText::parse(text).unwrap().hash().as_str());
        for wrong in ["", "dovetail_sk_", &text[1..], &text[..54], &text.to_uppercase(), &format!("{text} ")]
        {
            assert!(ServiceKeyText::parse(wrong).is_none(), "{wrong}");
        }
    }
}
