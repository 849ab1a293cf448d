//! Encrypts what the portal must be able to read again: tokens, verifiers, password hashes.
//!
//! A sealed value opens only in the context for which it was sealed (S64). It is refused in another row,
//! column, player or purpose, and after the change of any byte. Every envelope names its key, so keys can be
//! rotated (S65). A value that does not open gives an error with the reason, never a panic or other text
//! (S66).
//!
//! The envelope, in bytes:
//!
//! | offset | length | content |
//! |---|---|---|
//! | 0 | 1 | version, 1 |
//! | 1 | 1 | length `n` of the key id, 1 to 32 |
//! | 2 | n | key id, ASCII |
//! | 2 + n | 24 | nonce, random for every seal |
//! | 26 + n | rest | XChaCha20-Poly1305 ciphertext with its 16-byte tag |
//!
//! The associated data is everything before the nonce, then purpose, table, row, player and identity of the
//! [`SealContext`]. Each of these is preceded by its length as four bytes, big-endian.

use std::error::Error;
use std::fmt;
use std::sync::Arc;

use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretString};

use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::Fault;
use crate::platform::metrics::{KeyRefusal, Metrics};

pub use ring::KeyRing;

mod ring;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 24;

/// The context of a sealed value. The value opens only with an equal context.
#[derive(Clone, PartialEq, Eq)]
pub struct SealContext {
    /// The kind of value, such as "refresh token".
    pub purpose: &'static str,
    pub table: &'static str,
    /// The row's id.
    pub row: String,
    /// The player who owns the value; empty if there is none yet.
    pub player: String,
    /// The identity at the provider; empty if there is none.
    pub identity: String,
}

/// Seals with the first key of the ring and opens with any key of it.
pub struct Vault {
    ring: KeyRing,
    metrics: Arc<Metrics>,
}

impl Vault {
    pub fn new(ring: KeyRing) -> Self {
        Self { ring, metrics: Arc::default() }
    }

    /// The same vault, counting the uses of its keys in `metrics` (S135).
    #[must_use]
    pub fn counted_by(self, metrics: Arc<Metrics>) -> Self {
        for key in self.key_ids() {
            metrics.begin_key(key);
        }
        Self { metrics, ..self }
    }

    /// Seals `secret` for `context`. Each call gives another envelope, because the nonce is random.
    pub fn seal(&self, context: &SealContext, secret: &SecretString) -> Result<Vec<u8>, Fault> {
        let key = self.ring.first();
        let envelope = seal_with(key, context, secret)?;
        self.metrics.sealed(key.id());
        Ok(envelope)
    }

    /// Opens an envelope that was sealed for `context` with a key of the ring.
    pub fn open(&self, context: &SealContext, envelope: &[u8]) -> Result<SecretString, OpenError> {
        let opened = self.opened(context, envelope);
        match &opened {
            Ok((key, _)) => self.metrics.opened(key),
            Err(why) => self.metrics.key_refusals.add(why.label()),
        }
        opened.map(|(_, secret)| secret)
    }

    /// Returns the id of the key, and the secret.
    fn opened<'a>(
        &'a self,
        context: &SealContext,
        envelope: &[u8],
    ) -> Result<(&'a str, SecretString), OpenError> {
        let parts = SealedParts::of(envelope).ok_or(OpenError::NotAnEnvelope)?;
        let key =
            self.ring.find(parts.key_id).ok_or_else(|| OpenError::UnknownKey(parts.key_id.to_owned()))?;
        let associated = associated_data(parts.header, context);
        let message = Payload { msg: parts.ciphertext, aad: &associated };
        let opened = XChaCha20Poly1305::new(&(*key.bytes()).into())
            .decrypt(&XNonce::from(parts.nonce), message)
            .map_err(|_| OpenError::Tampered)?;
        let opened = Zeroizing::new(opened);
        let text = std::str::from_utf8(&opened).map_err(|_| OpenError::Tampered)?;
        Ok((key.id(), SecretString::from(text)))
    }

    /// The ids of the ring's keys, starting with the key that seals.
    pub fn key_ids(&self) -> impl Iterator<Item = &str> {
        self.ring.keys().map(ring::RingKey::id)
    }

    /// Whether each key of the ring opens what it seals. These uses are not counted.
    pub fn opens_what_it_seals(&self) -> bool {
        let context = SealContext {
            purpose: "canary",
            table: "",
            row: String::new(),
            player: String::new(),
            identity: String::new(),
        };
        let canary = SecretString::from("canary");
        self.ring.keys().all(|key| {
            let sealed = seal_with(key, &context, &canary);
            sealed.is_ok_and(|sealed| self.opened(&context, &sealed).is_ok())
        })
    }

    /// Whether the envelope was sealed with the first key. If not, it must be sealed again.
    pub fn is_current(&self, envelope: &[u8]) -> bool {
        key_id_of(envelope) == Some(self.ring.first().id())
    }
}

fn seal_with(key: &ring::RingKey, context: &SealContext, secret: &SecretString) -> Result<Vec<u8>, Fault> {
    let mut envelope = header(key.id());
    let associated = associated_data(&envelope, context);
    let nonce: [u8; NONCE_BYTES] = random_bytes()?;
    let message = Payload { msg: secret.expose_secret().as_bytes(), aad: &associated };
    let ciphertext = XChaCha20Poly1305::new(&(*key.bytes()).into())
        .encrypt(&XNonce::from(nonce), message)
        .map_err(|err| Fault::broken("sealing a secret", err))?;
    envelope.extend_from_slice(&nonce);
    envelope.extend_from_slice(&ciphertext);
    Ok(envelope)
}

/// The id of the key that sealed `envelope`. `None` if it is not an envelope.
pub fn key_id_of(envelope: &[u8]) -> Option<&str> {
    SealedParts::of(envelope).map(|parts| parts.key_id)
}

/// Why an envelope does not open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OpenError {
    /// The key with this id is not in the ring: an operator removed it too early.
    UnknownKey(String),
    /// Bytes were changed, or the envelope was sealed for another context.
    Tampered,
    /// Too short, or of an unknown version.
    NotAnEnvelope,
}

impl OpenError {
    /// The label value in metrics.
    fn label(&self) -> KeyRefusal {
        match self {
            Self::UnknownKey(_) => KeyRefusal::UnknownKey,
            Self::Tampered => KeyRefusal::Tampered,
            Self::NotAnEnvelope => KeyRefusal::NotAnEnvelope,
        }
    }
}

impl fmt::Display for OpenError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKey(id) => write!(f, "sealed with key {id:?}, which is not in the ring"),
            Self::Tampered => write!(f, "changed, or moved from where it was sealed"),
            Self::NotAnEnvelope => write!(f, "not an envelope this program can read"),
        }
    }
}

impl Error for OpenError {}

struct SealedParts<'a> {
    header: &'a [u8],
    key_id: &'a str,
    nonce: [u8; NONCE_BYTES],
    ciphertext: &'a [u8],
}

impl<'a> SealedParts<'a> {
    fn of(envelope: &'a [u8]) -> Option<Self> {
        let (&[version, id_length], _) = envelope.split_first_chunk::<2>()?;
        if version != VERSION {
            return None;
        }
        let (header, rest) = envelope.split_at_checked(2 + usize::from(id_length))?;
        let key_id = std::str::from_utf8(header.get(2..)?).ok().filter(|id| ring::is_key_id(id))?;
        let (nonce, ciphertext) = rest.split_first_chunk()?;
        Some(Self { header, key_id, nonce: *nonce, ciphertext })
    }
}

fn header(key_id: &str) -> Vec<u8> {
    // The settings accept no id longer than 16 bytes, so this never saturates.
    let length = u8::try_from(key_id.len()).unwrap_or(u8::MAX);
    let mut header = vec![VERSION, length];
    header.extend_from_slice(key_id.as_bytes());
    header
}

fn associated_data(header: &[u8], context: &SealContext) -> Vec<u8> {
    let mut data = header.to_vec();
    for part in [context.purpose, context.table, &context.row, &context.player, &context.identity] {
        let length = u32::try_from(part.len()).unwrap_or(u32::MAX);
        data.extend_from_slice(&length.to_be_bytes());
        data.extend_from_slice(part.as_bytes());
    }
    data
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use secrecy::SecretBox;

    use super::*;

    fn context() -> SealContext {
        SealContext {
            purpose: "refresh token",
            table: "amazon_links",
            row: "row-1".to_owned(),
            player: "ann".to_owned(),
            identity: "amzn1.account.A".to_owned(),
        }
    }

    fn ring(names: &[&str]) -> KeyRing {
        // The key is derived from its name, so two rings can share one.
        let key = |name: &&str| {
            let bytes = <sha2::Sha256 as sha2::Digest>::digest(name).into();
            ((*name).to_owned(), SecretBox::new(Box::new(bytes)))
        };
        KeyRing::from_keys(names.iter().map(key)).unwrap()
    }

    fn vault(names: &[&str]) -> Vault {
        Vault::new(ring(names))
    }

    fn text(secret: Result<SecretString, OpenError>) -> Result<String, OpenError> {
        secret.map(|s| s.expose_secret().to_owned())
    }

    #[test]
    fn what_is_sealed_opens_in_its_place() {
        let vault = vault(&["k1"]);
        let envelope = vault.seal(&context(), &"Atzr|secret".into()).unwrap();
        assert_eq!(text(vault.open(&context(), &envelope)), Ok("Atzr|secret".to_owned()));
        assert!(!envelope.windows(6).any(|w| w == b"secret"));
    }

    #[test]
    fn sealing_twice_gives_two_envelopes() {
        let vault = vault(&["k1"]);
        let seal = || vault.seal(&context(), &"same".into()).unwrap();
        assert_ne!(seal(), seal());
    }

    #[test]
    fn an_envelope_opens_in_no_other_place() {
        let vault = vault(&["k1"]);
        let envelope = vault.seal(&context(), &"secret".into()).unwrap();
        let other_contexts = [
            SealContext { purpose: "access token", ..context() },
            SealContext { table: "former_links", ..context() },
            SealContext { row: "row-2".to_owned(), ..context() },
            SealContext { player: "bo".to_owned(), ..context() },
            SealContext { identity: "amzn1.account.B".to_owned(), ..context() },
            // The same characters, split between the two fields at another position.
            SealContext { row: "row-1a".to_owned(), player: "nn".to_owned(), ..context() },
        ];
        for other in &other_contexts {
            assert_eq!(text(vault.open(other, &envelope)), Err(OpenError::Tampered));
        }
    }

    #[test]
    fn no_byte_of_an_envelope_can_be_changed() {
        let vault = vault(&["k1", "k2"]);
        let envelope = vault.seal(&context(), &"secret".into()).unwrap();
        for at in 0..envelope.len() {
            for bit in 0..8 {
                let mut changed = envelope.clone();
                changed[at] ^= 1 << bit;
                assert!(vault.open(&context(), &changed).is_err(), "byte {at}, bit {bit}");
            }
        }
    }

    #[test]
    fn a_shortened_envelope_is_refused_at_every_length() {
        let vault = vault(&["k1"]);
        let envelope = vault.seal(&context(), &"secret".into()).unwrap();
        for length in 0..envelope.len() {
            assert!(vault.open(&context(), &envelope[..length]).is_err(), "{length} bytes");
        }
        assert_eq!(text(vault.open(&context(), b"")), Err(OpenError::NotAnEnvelope));
        assert_eq!(text(vault.open(&context(), b"\x02\x02k1")), Err(OpenError::NotAnEnvelope));
    }

    #[test]
    fn keys_take_turns_and_the_old_one_still_opens() {
        let (before, during, after) = (vault(&["k1"]), vault(&["k2", "k1"]), vault(&["k2"]));
        let old = before.seal(&context(), &"secret".into()).unwrap();
        assert_eq!(key_id_of(&old), Some("k1"));
        assert!(before.is_current(&old) && !during.is_current(&old));
        let opened = during.open(&context(), &old).unwrap();
        let resealed = during.seal(&context(), &opened).unwrap();
        assert_eq!(key_id_of(&resealed), Some("k2"));
        assert_eq!(text(after.open(&context(), &resealed)), Ok("secret".to_owned()));
        assert_eq!(text(after.open(&context(), &old)), Err(OpenError::UnknownKey("k1".to_owned())));
    }

    #[test]
    fn another_key_under_the_same_name_does_not_open() {
        let envelope = vault(&["k1"]).seal(&context(), &"secret".into()).unwrap();
        let key = SecretBox::new(Box::new(random_bytes().unwrap()));
        let impostor = Vault::new(KeyRing::from_keys([("k1".to_owned(), key)]).unwrap());
        assert_eq!(text(impostor.open(&context(), &envelope)), Err(OpenError::Tampered));
    }

    proptest! {
        #[test]
        fn any_text_comes_back_from_any_place(secret in ".{0,200}", row in ".{0,40}", player in ".{0,40}") {
            let vault = vault(&["k1"]);
            let context = SealContext { row, player, ..context() };
            let envelope = vault.seal(&context, &secret.as_str().into()).unwrap();
            prop_assert_eq!(text(vault.open(&context, &envelope)), Ok(secret));
        }

        #[test]
        fn arbitrary_bytes_never_open_and_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..120)) {
            prop_assert!(vault(&["k1"]).open(&context(), &bytes).is_err());
            let _ = key_id_of(&bytes);
        }
    }
}
