//! Recovery codes for a lost phone: ten, shown once, stored as keyed hashes, each valid for one use.

use data_encoding::BASE32_NOPAD;
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::Fault;
use crate::platform::totp::grouped;

const HOW_MANY: usize = 10;
/// The characters of a code, without the hyphens between its groups: 80 bits.
const LENGTH: usize = 16;

/// New codes in plain text; an encrypted cookie carries them to the page that shows them once.
#[derive(Serialize, Deserialize)]
pub struct RecoveryCodes(pub Vec<String>);

impl RecoveryCodes {
    pub fn generate() -> Result<Self, Fault> {
        let mut codes = Vec::with_capacity(HOW_MANY);
        for _ in 0..HOW_MANY {
            let bytes = Zeroizing::new(random_bytes::<10>()?);
            codes.push(grouped(&BASE32_NOPAD.encode(bytes.as_slice()), '-'));
        }
        Ok(Self(codes))
    }

    /// The hashes to store, each by `hash` from a code in the form in which codes are compared.
    pub fn hashes(&self, hash: impl Fn(&str) -> String) -> Vec<String> {
        self.0.iter().filter_map(|code| canonical(code)).map(|code| hash(&code)).collect()
    }
}

/// The typed text in the form in which codes are compared; `None` if it cannot be a code.
pub fn canonical(typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .take(LENGTH + 1)
        .collect();
    (code.len() == LENGTH && BASE32_NOPAD.decode(code.as_bytes()).is_ok()).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_in_any_spelling_and_nothing_else_is_one() {
        let codes = RecoveryCodes::generate().unwrap();
        let code = codes.0.first().unwrap();
        let bare = code.replace('-', "");
        assert_eq!(canonical(code), Some(bare.clone()));
        assert_eq!(canonical(&format!(" {} ", bare.to_lowercase())), Some(bare.clone()));
        for other in ["", "123456", &bare[1..], &format!("{bare}A"), "0000-0000-0000-0000"] {
            assert_eq!(canonical(other), None, "{other:?}");
        }
        assert_eq!(codes.hashes(str::to_owned).len(), HOW_MANY);
    }
}
