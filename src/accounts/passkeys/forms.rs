//! The forms of passkeys. The script of a page fills `ceremony` and `credential`.

use serde::Deserialize;

use crate::web::{NextAddress, ParsedForm};

/// A form that only begins a ceremony. Its answer is JSON for the script.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct BeginCeremonyForm {}

impl ParsedForm for BeginCeremonyForm {
    const MAY_WAIT: bool = false;
}

/// `POST /sign-in/passkey`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasskeySignInForm {
    pub(super) ceremony: String,
    pub(super) credential: String,
    remember: String,
    next: String,
}

impl ParsedForm for PasskeySignInForm {
    const MAY_WAIT: bool = false;
}

impl PasskeySignInForm {
    pub(super) fn is_remembered(&self) -> bool {
        !self.remember.is_empty()
    }

    /// Where the player was going, if that is a page of the portal (S48).
    pub(super) fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}

/// `POST /account/confirm-identity/passkey`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct PasskeyAnswerForm {
    pub(super) ceremony: String,
    pub(super) credential: String,
    /// The mark of the action that the page named.
    pub(super) mark: String,
}

impl ParsedForm for PasskeyAnswerForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/passkeys/add`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct AddPasskeyForm {
    pub(super) name: String,
    pub(super) ceremony: String,
    pub(super) credential: String,
}

impl ParsedForm for AddPasskeyForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/passkeys/rename`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RenamePasskeyForm {
    pub(super) passkey: String,
    pub(super) name: String,
}

impl ParsedForm for RenamePasskeyForm {}

/// `POST /account/passkeys/remove`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RemovePasskeyForm {
    pub(super) passkey: String,
    /// The page whose button it was, if not the list of passkeys.
    pub(super) next: String,
}

impl ParsedForm for RemovePasskeyForm {}
