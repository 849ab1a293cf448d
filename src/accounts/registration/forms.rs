//! The forms of the two steps, and the checks of the first.

use secrecy::SecretString;
use serde::Deserialize;

use crate::accounts::registration::register::RegistrationRequest;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Stop;
use crate::platform::name::{DisplayName, ReservedNames};
use crate::web::{NextAddress, ParsedForm, RequestContext, validation_messages};

/// `next` of `GET /register`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RegisterQuery {
    pub next: String,
}

/// `POST /register`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RegisterForm {
    pub display_name: String,
    pub email: String,
    pub password: String,
    pub next: String,
}

impl ParsedForm for RegisterForm {
    const MAY_WAIT: bool = false;
}

/// `POST /register/verify`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct RegistrationCodeForm {
    pub code: String,
    /// `new_code` requests another code.
    pub choice: String,
}

impl ParsedForm for RegistrationCodeForm {
    const MAY_WAIT: bool = false;
}

impl RegisterForm {
    /// The checked registration, or for each refused field the reason.
    pub(super) async fn judge(
        &self,
        context: &RequestContext,
    ) -> Result<RegistrationRequest, Stop<Vec<(String, String)>>> {
        let language = context.language;
        let reserved = ReservedNames::new(&context.app.config.site.name);
        let display_name = DisplayName::parse(&self.display_name, &reserved);
        let email = EmailAddress::parse(&self.email, LocalPart::Ascii);
        let rules = context.app.password_context(&self.display_name, &self.email);
        let typed = SecretString::from(self.password.as_str());
        let password = context.app.judge_password(&typed, &rules).await?;
        match (display_name, email, password) {
            (Ok(display_name), Ok(email), Ok(password)) => Ok(RegistrationRequest {
                display_name,
                email,
                password,
                next: NextAddress::parse(&self.next),
            }),
            (display_name, email, password) => Err(Stop::Refused(
                [
                    display_name
                        .err()
                        .map(|why| ("display_name", validation_messages::of_display_name(language, why))),
                    email.err().map(|why| ("email", validation_messages::of_email(language, why))),
                    password.err().map(|why| ("password", validation_messages::of_password(language, why))),
                ]
                .into_iter()
                .flatten()
                .map(|(field, sentence)| (field.to_owned(), sentence))
                .collect(),
            )),
        }
    }
}
