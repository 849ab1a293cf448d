//! The claim code: eight unambiguous letters in two halves.
//!
//! The first half finds the row and is no secret; the second is checked against a keyed hash. A wrong entry
//! therefore counts against that code, which is invalid after ten entries in whichever browsers.

use data_encoding::HEXLOWER;
use secrecy::{ExposeSecret, SecretString};
use subtle::ConstantTimeEq;

use crate::platform::crypto::keys::PurposeKey;
use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::Fault;
use crate::platform::typed_digits::{is_invisible, is_separator};

/// No vowels, so that no words appear, and no letters that look alike (RFC 8628 §6.1).
const LETTERS: &[u8; 20] = b"BCDFGHJKLMNPQRSTVWXZ";
const HALF: usize = 4;

/// A claim code.
#[derive(Clone)]
pub(in crate::games::devices) struct ClaimCode(SecretString);

impl ClaimCode {
    /// Generates a random code.
    pub fn generate() -> Result<Self, Fault> {
        let mut letters = String::new();
        while letters.len() < 2 * HALF {
            let random = random_bytes::<16>()?;
            // 240 is the largest multiple of 20 in a byte. Higher values would favour the first letters.
            let even = random.iter().filter(|byte| **byte < 240);
            letters
                .extend(even.filter_map(|byte| LETTERS.get(usize::from(byte % 20))).map(|l| char::from(*l)));
        }
        letters.truncate(2 * HALF);
        Ok(Self(SecretString::from(letters)))
    }

    /// Parses what a person typed. Case, spaces, hyphens and dots do not matter.
    pub fn parse(typed: &str) -> Option<Self> {
        if typed.len() > 64 {
            return None;
        }
        let letters: String = typed
            .chars()
            .filter(|c| !is_separator(*c) && !is_invisible(*c))
            .map(|c| narrow_letter(c).to_ascii_uppercase())
            .collect();
        let is_code = letters.len() == 2 * HALF && letters.bytes().all(|letter| LETTERS.contains(&letter));
        is_code.then(|| Self(SecretString::from(letters)))
    }

    /// The code in the form that the game shows: `WDJB-MJHT`.
    pub fn display_text(&self) -> String {
        let (selector, rest) = self.halves();
        format!("{selector}-{rest}")
    }

    /// The half that finds the row.
    pub fn selector(&self) -> &str {
        self.halves().0
    }

    /// The stored hash of the code.
    pub fn hash(&self, key: &PurposeKey) -> String {
        let (selector, rest) = self.halves();
        HEXLOWER.encode(&key.tag(&[b"claim code", selector.as_bytes(), rest.as_bytes()]))
    }

    /// Whether `stored` is this code's, compared in constant time.
    pub fn has_hash(&self, stored: &str, key: &PurposeKey) -> bool {
        stored.as_bytes().ct_eq(self.hash(key).as_bytes()).into()
    }

    fn halves(&self) -> (&str, &str) {
        self.0.expose_secret().split_at_checked(HALF).unwrap_or_default()
    }
}

/// The ASCII letter of a full-width one, as keyboards for Chinese and Japanese write it.
fn narrow_letter(letter: char) -> char {
    match letter {
        '\u{ff21}'..='\u{ff3a}' | '\u{ff41}'..='\u{ff5a}' => {
            char::from_u32(u32::from(letter) - 0xfee0).unwrap_or(letter)
        }
        _ => letter,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::crypto::keys::{KeyMaterial, KeyPurpose};

    fn wide(shown: &str) -> String {
        let widened = |c: char| char::from_u32(u32::from(c) + 0xfee0).unwrap();
        shown.chars().map(|c| if c.is_ascii_uppercase() { widened(c) } else { c }).collect()
    }

    #[test]
    fn a_code_is_read_however_it_is_typed() {
        let code = ClaimCode::generate().unwrap();
        let shown = code.display_text();
        assert_eq!(shown.len(), 9);
        for typed in [
            shown.clone(),
            shown.to_lowercase(),
            shown.replace('-', " "),
            format!(" {shown}\t"),
            format!("\u{feff}{shown}"),
            shown.replace('-', "\u{2212}"),
            wide(&shown),
        ] {
            assert_eq!(ClaimCode::parse(&typed).unwrap().display_text(), shown);
        }
        for other in ["", "WDJB", "WDJB-MJHTT", "WDJB-MJH0", "AEIO-UAEI", &"W".repeat(100)] {
            assert!(ClaimCode::parse(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_stored_hash_knows_its_code_and_no_other() {
        let key = KeyMaterial::from_bytes([7; 64]).derive(KeyPurpose::Codes);
        let code = ClaimCode::parse("WDJB-MJHT").unwrap();
        let stored = code.hash(&key);
        assert!(code.has_hash(&stored, &key));
        assert!(!ClaimCode::parse("WDJB-MJHS").unwrap().has_hash(&stored, &key));
        assert!(!ClaimCode::parse("WDJC-MJHT").unwrap().has_hash(&stored, &key));
    }

    #[test]
    fn no_letter_is_drawn_more_often_than_its_share() {
        let mut seen = std::collections::BTreeMap::new();
        for _ in 0..2_000 {
            for letter in ClaimCode::generate().unwrap().0.expose_secret().chars() {
                *seen.entry(letter).or_insert(0) += 1;
            }
        }
        assert_eq!(seen.len(), LETTERS.len());
        assert!(seen.values().all(|times| (500..1_200).contains(times)), "{seen:?}");
    }
}
