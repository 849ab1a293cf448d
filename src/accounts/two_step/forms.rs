//! The forms of two-step sign-in.

use secrecy::SecretString;
use serde::Deserialize;

use crate::web::ParsedForm;

/// `POST /account/two-step/set-up`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct SetUpForm {
    pub(super) code: String,
}

impl ParsedForm for SetUpForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/two-step/off`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TurnOffForm {
    /// Empty for a player without password.
    pub(super) password: SecretString,
}

impl ParsedForm for TurnOffForm {
    const MAY_WAIT: bool = false;
}

/// `POST /account/two-step/forget`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ForgetBrowserForm {
    pub(super) browser: String,
}

impl ParsedForm for ForgetBrowserForm {}

/// A form that is one button.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct TwoStepButton {}

impl ParsedForm for TwoStepButton {}
