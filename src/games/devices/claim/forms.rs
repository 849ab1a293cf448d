//! The forms of the claim pages.

use secrecy::SecretString;
use serde::Deserialize;

use crate::games::devices::claim::finish::ClaimedAccount;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::web::{ParsedForm, RequestContext, validation_messages};

/// `POST /activate`. The code is never part of a URL.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ActivationCodeForm {
    pub code: String,
}

impl ParsedForm for ActivationCodeForm {}

/// `POST /activate/claim`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ClaimForm {
    pub display_name: String,
    pub user_name: String,
    pub password: SecretString,
    pub choice: String,
}

impl ParsedForm for ClaimForm {
    const MAY_WAIT: bool = false;
}

/// `POST /activate/move`: a button without fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct MoveForm {}

impl ParsedForm for MoveForm {}

impl ClaimForm {
    /// The valid account details, or a message for each invalid field.
    pub(super) fn accepted(&self, context: &RequestContext) -> Result<ClaimedAccount, Vec<(String, String)>> {
        let language = context.language;
        let reserved = ReservedNames::new(&context.app.config.site.name);
        let display_name = DisplayName::parse(&self.display_name, &reserved)
            .map_err(|why| ("display_name".to_owned(), validation_messages::of_display_name(language, why)));
        let user_name = UserName::parse(self.user_name.trim())
            .map_err(|why| ("user_name".to_owned(), language.text(validation_messages::of_user_name(why))));
        match (display_name, user_name) {
            (Ok(display_name), Ok(user_name)) => {
                Ok(ClaimedAccount { display_name, user_name, password: self.password.clone() })
            }
            (display_name, user_name) => Err(display_name.err().into_iter().chain(user_name.err()).collect()),
        }
    }
}
