//! Random credentials: opaque tokens and six-digit codes.
//!
//! The database stores only their hashes, so a leaked database contains no usable credential. Input of any
//! other shape is refused before it is hashed or looked up. All bytes come from the system's generator
//! (S145); if that fails, no credential is created.

use data_encoding::{BASE64URL_NOPAD, HEXLOWER};
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::fault::Fault;
use crate::platform::typed_digits::find_digits;

/// A pasted sentence with a code is shorter than this, in bytes.
const LONGEST_INPUT: usize = 512;

/// `N` bytes from the system's generator.
pub fn random_bytes<const N: usize>() -> Result<[u8; N], Fault> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|err| Fault::broken("asking the system for random bytes", err))?;
    Ok(bytes)
}

/// 256 random bits, as 43 characters of base64url.
#[derive(Clone)]
pub struct OpaqueToken(SecretString);

impl OpaqueToken {
    /// A new random token.
    pub fn generate() -> Result<Self, Fault> {
        Ok(Self::of_bytes(random_bytes()?))
    }

    pub(super) fn of_bytes(bytes: [u8; 32]) -> Self {
        Self(SecretString::from(BASE64URL_NOPAD.encode(&bytes)))
    }

    /// Parses text from outside. `None` if it does not have the shape of a token.
    ///
    /// Trailing bits must be zero, so each token has exactly one spelling.
    pub fn parse(text: &str) -> Option<Self> {
        let has_its_shape = text.len() == 43 && BASE64URL_NOPAD.decode(text.as_bytes()).is_ok();
        has_its_shape.then(|| Self(SecretString::from(text)))
    }

    /// The token's text, to be sent to its owner once.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The hash to store and to look up.
    ///
    /// A plain SHA-256 is enough, because 256 random bits cannot be guessed.
    pub fn hash(&self) -> TokenHash {
        TokenHash(HEXLOWER.encode(&Sha256::digest(self.expose())))
    }
}

/// The stored form of an [`OpaqueToken`]: 64 lower-case hex characters. Not a secret.
#[derive(Clone, Debug)]
pub struct TokenHash(String);

impl TokenHash {
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Six digits that a person copies from a mail. They are guessable: the caller must limit attempts.
#[derive(Clone)]
pub struct NumericCode(SecretString);

impl NumericCode {
    /// A code drawn evenly from `000000` to `999999`.
    pub fn generate() -> Result<Self, Fault> {
        loop {
            if let Some(digits) = six_digits(u32::from_le_bytes(random_bytes()?)) {
                return Ok(Self(SecretString::from(digits)));
            }
        }
    }

    /// Parses typed or pasted input, which has one group of six digits in any script (see [`find_digits`]).
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > LONGEST_INPUT {
            return None;
        }
        find_digits(typed, 6).map(|digits| Self(SecretString::from(digits)))
    }

    /// The digits, for the mail.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// The hash to store, keyed because all million codes can be tried in a second.
    ///
    /// It is bound to `purpose` and `owner`, so the code is valid for nothing else.
    pub fn hash(&self, key: &PurposeKey, purpose: &str, owner: &str) -> String {
        HEXLOWER.encode(&key.tag(&[b"code", purpose.as_bytes(), owner.as_bytes(), self.expose().as_bytes()]))
    }

    /// Whether `stored` is the hash of this code, purpose and owner, compared in constant time.
    pub fn is_behind(&self, stored: &str, key: &PurposeKey, purpose: &str, owner: &str) -> bool {
        stored.as_bytes().ct_eq(self.hash(key, purpose, owner).as_bytes()).into()
    }
}

/// Six digits from a random word.
///
/// `None` for the few highest words, which would make low codes more likely than high ones.
fn six_digits(word: u32) -> Option<String> {
    const CODES: u32 = 1_000_000;
    const EVEN_SHARE: u32 = u32::MAX - u32::MAX % CODES;
    (word < EVEN_SHARE).then(|| format!("{:06}", word % CODES))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::platform::crypto::keys::{KeyMaterial, KeyPurpose};

    fn key() -> PurposeKey {
        KeyMaterial::from_bytes([7; 64]).derive(KeyPurpose::Codes)
    }

    #[test]
    fn a_token_has_43_characters_and_comes_back() {
        let token = OpaqueToken::generate().unwrap();
        assert_eq!(token.expose().len(), 43);
        let back = OpaqueToken::parse(token.expose()).unwrap();
        assert_eq!(token.hash().as_str(), back.hash().as_str());
    }

    #[test]
    fn no_two_tokens_are_alike() {
        let all: std::collections::HashSet<_> =
            (0..1000).map(|_| OpaqueToken::generate().unwrap().expose().to_owned()).collect();
        assert_eq!(all.len(), 1000);
    }

    #[test]
    fn a_stored_hash_knows_its_token_and_no_other() {
        let token = OpaqueToken::generate().unwrap();
        let stored = token.hash();
        assert_eq!(stored.as_str().len(), 64);
        assert_eq!(stored.as_str(), token.hash().as_str());
        assert_ne!(stored.as_str(), OpaqueToken::generate().unwrap().hash().as_str());
        assert!(!stored.as_str().contains(token.expose()));
    }

    #[test]
    fn other_shapes_are_not_tokens() {
        let good = "A".repeat(43);
        assert!(OpaqueToken::parse(&good).is_some());
        for bad in [
            String::new(),
            "A".repeat(42),
            "A".repeat(44),
            format!("{}=", "A".repeat(42)),
            format!("{}+", "A".repeat(42)),
            format!("{}B", "A".repeat(42)), // not canonical: bits beyond the 256th
            format!(" {}", "A".repeat(42)),
            "A".repeat(4096),
        ] {
            assert!(OpaqueToken::parse(&bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_code_has_six_digits_also_when_it_is_small() {
        assert_eq!(six_digits(7).as_deref(), Some("000007"));
        assert_eq!(six_digits(1_000_000).as_deref(), Some("000000"));
        assert_eq!(NumericCode::generate().unwrap().expose().len(), 6);
    }

    #[test]
    fn words_that_would_favour_low_codes_are_drawn_again() {
        assert_eq!(six_digits(4_293_999_999).as_deref(), Some("999999"));
        assert_eq!(six_digits(4_294_000_000), None);
        assert_eq!(six_digits(u32::MAX), None);
    }

    #[test]
    fn a_code_may_be_typed_in_any_script_and_pasted_with_its_sentence() {
        for good in ["123456", " 123456\n", "123 456", "123\u{a0}456", "١٢٣٤٥٦", "Your code: 123-456"] {
            assert_eq!(NumericCode::parse(good).unwrap().expose(), "123456");
        }
        for bad in ["", "12345", "1234567", "-12345", "123456 654321", &"1 ".repeat(300)] {
            assert!(NumericCode::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_code_opens_only_what_it_was_made_for() {
        let (key, code) = (key(), NumericCode::parse("123456").unwrap());
        let other = KeyMaterial::from_bytes([8; 64]).derive(KeyPurpose::Codes);
        let stored = code.hash(&key, "verify", "ann");
        assert!(code.is_behind(&stored, &key, "verify", "ann"));
        assert!(!code.is_behind(&stored, &key, "verify", "bo"));
        assert!(!code.is_behind(&stored, &key, "reset", "ann"));
        assert!(!code.is_behind(&stored, &key, "verif", "yann"));
        assert!(!NumericCode::parse("123457").unwrap().is_behind(&stored, &key, "verify", "ann"));
        assert!(!code.is_behind(&stored, &other, "verify", "ann"));
    }

    proptest! {
        #[test]
        fn any_text_is_either_a_token_with_one_spelling_or_refused(text in ".{0,60}|[A-Za-z0-9_-]{43}") {
            if let Some(token) = OpaqueToken::parse(&text) {
                prop_assert_eq!(token.expose(), text.as_str());
            }
        }

        #[test]
        fn any_text_is_either_six_digits_or_refused(text in ".{0,12}|[0-9 ]{0,9}") {
            if let Some(code) = NumericCode::parse(&text) {
                prop_assert!(code.expose().len() == 6 && code.expose().bytes().all(|b| b.is_ascii_digit()));
            }
        }
    }
}
