//! The keys that seal, with their ids. The first key seals, all keys open (S65).

use secrecy::{ExposeSecret, SecretBox};

/// One or more keys, each with a unique id.
pub struct KeyRing {
    first: RingKey,
    others: Vec<RingKey>,
}

/// One key of 32 bytes with its id.
pub(super) struct RingKey {
    id: String,
    bytes: SecretBox<[u8; 32]>,
}

impl RingKey {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }
}

impl KeyRing {
    /// A ring of keys that the settings have checked. `None` if there is no key.
    pub fn from_keys(keys: impl IntoIterator<Item = (String, SecretBox<[u8; 32]>)>) -> Option<Self> {
        let mut keys = keys.into_iter().map(|(id, bytes)| RingKey { id, bytes });
        Some(Self { first: keys.next()?, others: keys.collect() })
    }

    /// All keys, starting with the key that seals.
    pub(super) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    pub(super) fn first(&self) -> &RingKey {
        &self.first
    }

    pub(super) fn find(&self, id: &str) -> Option<&RingKey> {
        self.keys().find(|key| key.id == id)
    }
}

/// Whether `id` is allowed as a key id in an envelope.
pub(super) fn is_key_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}
