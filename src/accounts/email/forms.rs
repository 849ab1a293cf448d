//! The forms of the address pages.

use serde::Deserialize;

use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::i18n::Language;
use crate::web::{ParsedForm, validation_messages};

/// The new address.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EmailForm {
    pub email: String,
}

impl ParsedForm for EmailForm {}

impl EmailForm {
    /// The address, or a sentence about what is wrong with it.
    pub(super) fn parsed(&self, language: Language) -> Result<EmailAddress, String> {
        EmailAddress::parse(&self.email, LocalPart::Ascii)
            .map_err(|why| validation_messages::of_email(language, why))
    }
}

/// The mailed code.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EmailCodeForm {
    pub code: String,
}

impl ParsedForm for EmailCodeForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/email/again` and `POST /account/email/cancel`, which have no fields: they mean the address that waits.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct WaitingEmailForm {}

impl ParsedForm for WaitingEmailForm {}

/// `POST /account/email/undo`, which has no fields: the token is in a cookie.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EmailUndoForm {}

impl ParsedForm for EmailUndoForm {}

/// The query of the mailed link.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct EmailUndoQuery {
    pub token: Option<String>,
}
