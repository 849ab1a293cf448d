//! Derives a separate key for each purpose from one configured secret.
//!
//! HKDF-SHA256 separates the purposes. A leaked cookie key reveals nothing about the audit key, and a tag
//! made for one purpose is invalid for another. Keys cannot be printed.

use std::sync::Arc;

use data_encoding::HEXLOWER;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, ExposeSecretMut, SecretBox};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::platform::crypto::token::OpaqueToken;

/// The secret from which other keys are derived: 64 bytes.
///
/// It is `DOVETAIL_SESSION_KEY`.
pub struct KeyMaterial(SecretBox<[u8; 64]>);

impl KeyMaterial {
    /// Takes a secret that the settings have checked already.
    pub fn from_bytes(bytes: [u8; 64]) -> Self {
        Self(SecretBox::new(Box::new(bytes)))
    }

    /// Derives the key for one purpose. The result is the same every time.
    pub fn derive(&self, purpose: KeyPurpose) -> PurposeKey {
        let mut key = SecretBox::new(Box::new([0; 64]));
        let hkdf = Hkdf::<Sha256>::new(None, self.0.expose_secret());
        // RFC 5869 §2.3: fails only beyond 255 × 32 bytes of output.
        let _ = hkdf.expand(purpose.info(), key.expose_secret_mut());
        PurposeKey(Arc::new(key))
    }
}

/// The purpose of a key. A changed `info` text changes the key and invalidates everything made with it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyPurpose {
    /// CSRF tags in forms.
    Csrf,
    /// Encryption and signatures of cookies.
    Cookies,
    /// Hashes of identifiers that are looked up but never shown.
    LookupIndex,
    /// The chain of audit records.
    Audit,
    /// Codes sent by mail.
    Codes,
}

impl KeyPurpose {
    fn info(self) -> &'static [u8] {
        match self {
            Self::Csrf => b"dovetail/1/csrf",
            Self::Cookies => b"dovetail/1/cookies",
            Self::LookupIndex => b"dovetail/1/lookup-index",
            Self::Audit => b"dovetail/1/audit",
            Self::Codes => b"dovetail/1/codes",
        }
    }
}

/// Derives a key for one purpose from a secret that the operator configured for that purpose only.
pub fn own_key(purpose: KeyPurpose, secret: &[u8; 32]) -> PurposeKey {
    let mut key = SecretBox::new(Box::new([0; 64]));
    // RFC 5869 §2.3: fails only beyond 255 × 32 bytes of output.
    let _ = Hkdf::<Sha256>::new(None, secret).expand(purpose.info(), key.expose_secret_mut());
    PurposeKey(Arc::new(key))
}

/// A key for one [`KeyPurpose`]: 64 bytes, one block of HMAC-SHA256 and the size that cookie libraries need.
#[derive(Clone)]
pub struct PurposeKey(Arc<SecretBox<[u8; 64]>>);

impl PurposeKey {
    /// The raw bytes, for a library that needs them.
    pub fn expose(&self) -> &[u8; 64] {
        self.0.expose_secret()
    }

    /// HMAC-SHA256 over the parts.
    ///
    /// Each part is preceded by its length, so two different lists of parts never give the same input.
    pub fn tag(&self, parts: &[&[u8]]) -> [u8; 32] {
        let mut mac = Hmac::<Sha256>::new(&(*self.expose()).into());
        for part in parts {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        mac.finalize().into_bytes().into()
    }

    /// Whether [`PurposeKey::tag`] made `tag` over these parts, compared in constant time.
    pub fn verifies(&self, parts: &[&[u8]], tag: &[u8]) -> bool {
        self.tag(parts).ct_eq(tag).into()
    }
}

/// Hashes identifiers for look-ups. Without the key, a hash reveals nothing about its identifier.
#[derive(Clone)]
pub struct LookupHasher(PurposeKey);

/// The kinds of identifier stored as hashes. Equal text of two kinds gives two hashes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LookupPurpose {
    /// A canonical address or user name that was typed, whether or not an account exists for it (S14).
    Identifier,
    /// An identity at a provider whose link has ended (S68).
    FormerIdentity,
    /// A device id of the game API.
    Device,
    /// A client's network.
    Network,
    /// A presented access token, to count its uses.
    AccessToken,
    /// A recovery code of a player.
    RecoveryCode,
    /// The mailed link that ends the recovery of a second factor.
    FactorRecovery,
}

impl LookupHasher {
    /// A hasher with the key of [`KeyPurpose::LookupIndex`].
    pub fn new(key: PurposeKey) -> Self {
        Self(key)
    }

    /// Returns 64 lower-case hex characters. `value` must be canonical, because its bytes are hashed.
    pub fn hash(&self, kind: LookupPurpose, value: &str) -> String {
        HEXLOWER.encode(&self.tag(kind, value))
    }

    /// A token that can be made again from `value`, so that each of several mails has the same link.
    pub fn token(&self, kind: LookupPurpose, value: &str) -> OpaqueToken {
        OpaqueToken::of_bytes(self.tag(kind, value))
    }

    fn tag(&self, kind: LookupPurpose, value: &str) -> [u8; 32] {
        let kind: &[u8] = match kind {
            LookupPurpose::Identifier => b"identifier",
            LookupPurpose::FormerIdentity => b"former-identity",
            LookupPurpose::Device => b"device",
            LookupPurpose::Network => b"network",
            LookupPurpose::AccessToken => b"access-token",
            LookupPurpose::RecoveryCode => b"recovery-code",
            LookupPurpose::FactorRecovery => b"factor-recovery",
        };
        self.0.tag(&[kind, value.as_bytes()])
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha512};

    use super::*;

    const ALL: [KeyPurpose; 5] = [
        KeyPurpose::Csrf,
        KeyPurpose::Cookies,
        KeyPurpose::LookupIndex,
        KeyPurpose::Audit,
        KeyPurpose::Codes,
    ];

    fn material() -> KeyMaterial {
        KeyMaterial::from_bytes(Sha512::digest("").into())
    }

    #[test]
    fn every_purpose_has_a_key_of_its_own_and_keeps_it() {
        let (one, again) = (material(), material());
        let keys: std::collections::HashSet<_> = ALL.iter().map(|p| *one.derive(*p).expose()).collect();
        assert_eq!(keys.len(), ALL.len());
        for purpose in ALL {
            assert_eq!(one.derive(purpose).expose(), again.derive(purpose).expose());
            assert_ne!(one.derive(purpose).expose(), &[0; 64]);
        }
    }

    #[test]
    fn a_derived_key_does_not_change_between_releases() {
        let tag = material().derive(KeyPurpose::LookupIndex).tag(&[b"ann"]);
        // Calculated independently of this code, by RFC 5869 and RFC 2104.
        assert_eq!(HEXLOWER.encode(&tag), "3ef90b7580d93e683cdd1d9efb6553bf5e245d0723494c60245653c4ed44ffc0");
    }

    #[test]
    fn parts_that_run_together_give_different_tags() {
        let key = material().derive(KeyPurpose::Csrf);
        assert_ne!(key.tag(&[b"ab", b"c"]), key.tag(&[b"a", b"bc"]));
        assert_ne!(key.tag(&[b"abc"]), key.tag(&[b"abc", b""]));
        assert!(key.verifies(&[b"ab", b"c"], &key.tag(&[b"ab", b"c"])));
        assert!(!key.verifies(&[b"ab", b"c"], &key.tag(&[b"abc"])));
        assert!(!key.verifies(&[b"ab", b"c"], b""));
    }

    #[test]
    fn a_lookup_hash_depends_on_kind_value_and_key() {
        let hasher = LookupHasher::new(material().derive(KeyPurpose::LookupIndex));
        let other = LookupHasher::new(KeyMaterial::from_bytes([8; 64]).derive(KeyPurpose::LookupIndex));
        let hash = hasher.hash(LookupPurpose::Device, "abc");
        assert_eq!(hash.len(), 64);
        assert_eq!(hash, hasher.hash(LookupPurpose::Device, "abc"));
        assert_ne!(hash, hasher.hash(LookupPurpose::Device, "abC"));
        assert_ne!(hash, hasher.hash(LookupPurpose::FormerIdentity, "abc"));
        assert_ne!(hash, other.hash(LookupPurpose::Device, "abc"));
    }
}
