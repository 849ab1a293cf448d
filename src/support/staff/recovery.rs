//! Recovery codes for a lost phone: ten, shown once, stored as keyed hashes, each valid for one use.

use data_encoding::{BASE32_NOPAD, HEXLOWER};
use secrecy::zeroize::Zeroizing;
use serde::{Deserialize, Serialize};

use crate::app::App;
use crate::platform::crypto::token::random_bytes;
use crate::platform::fault::Fault;
use crate::platform::ids::StaffId;
use crate::support::staff::totp::grouped;

const HOW_MANY: usize = 10;

/// New codes in plain text; an encrypted cookie carries them to the page that shows them once.
#[derive(Serialize, Deserialize)]
pub(super) struct RecoveryCodes(pub Vec<String>);

impl RecoveryCodes {
    pub fn generate() -> Result<Self, Fault> {
        let mut codes = Vec::with_capacity(HOW_MANY);
        for _ in 0..HOW_MANY {
            let bytes = Zeroizing::new(random_bytes::<10>()?);
            codes.push(grouped(&BASE32_NOPAD.encode(bytes.as_slice()), '-'));
        }
        Ok(Self(codes))
    }

    /// The hashes to store.
    pub fn hashes(&self, app: &App, owner: &StaffId) -> Vec<String> {
        self.0.iter().filter_map(|code| hash_of(app, owner, code)).collect()
    }
}

/// The hash of a typed code, in any spelling; `None` if it cannot be a code.
pub(super) fn hash_of(app: &App, owner: &StaffId, typed: &str) -> Option<String> {
    let code: String = typed
        .chars()
        .filter(|letter| !letter.is_whitespace() && *letter != '-')
        .map(|letter| letter.to_ascii_uppercase())
        .take(17)
        .collect();
    let is_code = code.len() == 16 && BASE32_NOPAD.decode(code.as_bytes()).is_ok();
    is_code.then(|| {
        let parts: [&[u8]; 3] = [b"staff recovery code", owner.as_str().as_bytes(), code.as_bytes()];
        HEXLOWER.encode(&app.keys.codes.tag(&parts))
    })
}
