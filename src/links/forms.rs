//! Forms and query strings that a browser may send.

use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;

use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::ids::AttemptId;
use crate::platform::name::{DisplayName, ReservedNames};
use crate::web::{NextAddress, ParsedForm, RequestContext, validation_messages};

/// The buttons that begin an attempt.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct BeginForm {
    next: String,
}

impl ParsedForm for BeginForm {}

impl BeginForm {
    pub fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}

/// `POST /amazon/confirm-identity`.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ConfirmIdentityForm {
    /// Asked for while the second factor is on.
    pub code: String,
    /// The mark of the action that the page named.
    pub mark: String,
}

impl ParsedForm for ConfirmIdentityForm {
    const MAY_WAIT: bool = false;
}

/// `GET /amazon/undo`: the token of the mailed link.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LinkUndoQuery {
    pub token: Option<String>,
}

/// `POST /amazon/undo`: a button without fields.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct LinkUndoForm {}

impl ParsedForm for LinkUndoForm {}

/// The decision on the confirm page, before a link is written.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ConfirmForm {
    attempt: String,
    pub choice: String,
}

impl ParsedForm for ConfirmForm {}

impl ConfirmForm {
    pub fn attempt(&self) -> AttemptId {
        AttemptId::from(self.attempt.clone())
    }
}

/// The password of the account that has the identity's email.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct MatchForm {
    attempt: String,
    pub password: SecretString,
    pub choice: String,
}

impl ParsedForm for MatchForm {
    const MAY_WAIT: bool = false;
}

impl MatchForm {
    pub fn attempt(&self) -> AttemptId {
        AttemptId::from(self.attempt.clone())
    }
}

/// The answers to the page about a link that a game made.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct GameLinkForm {
    attempt: String,
    pub password: SecretString,
    pub code: SecretString,
    pub choice: String,
}

impl ParsedForm for GameLinkForm {
    const MAY_WAIT: bool = false;
}

impl GameLinkForm {
    pub fn attempt(&self) -> AttemptId {
        AttemptId::from(self.attempt.clone())
    }
}

impl GameLinkForm {
    pub fn is_password_empty(&self) -> bool {
        self.password.expose_secret().is_empty()
    }

    pub fn is_code_empty(&self) -> bool {
        self.code.expose_secret().is_empty()
    }
}

/// The button that confirms the link of a game, which sends only its CSRF token.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct MineForm {}

impl ParsedForm for MineForm {}

/// Either answer to the offer of an address at Amazon. It names none: it means the one that the link has.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct EmailOfferForm {}

impl ParsedForm for EmailOfferForm {}

/// The missing fields of a new player.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct RegisterForm {
    attempt: String,
    pub display_name: String,
    pub email: String,
}

impl ParsedForm for RegisterForm {}

/// A field's id, and why it was not accepted.
type RegisterFormErrors = Vec<(String, String)>;

impl RegisterForm {
    /// The parsed name and address, or a message for each invalid field.
    pub fn accepted(
        &self,
        context: &RequestContext,
    ) -> Result<(DisplayName, Option<EmailAddress>), RegisterFormErrors> {
        let language = context.language;
        let reserved = ReservedNames::new(&context.app.config.site.name);
        let name = DisplayName::parse(&self.display_name, &reserved)
            .map_err(|why| ("display_name".to_owned(), validation_messages::of_display_name(language, why)));
        let email = match self.email.trim() {
            "" => Ok(None),
            typed => EmailAddress::parse(typed, LocalPart::Ascii)
                .map(Some)
                .map_err(|why| ("email".to_owned(), validation_messages::of_email(language, why))),
        };
        match (name, email) {
            (Ok(name), Ok(email)) => Ok((name, email)),
            (name, email) => Err(name.err().into_iter().chain(email.err()).collect()),
        }
    }

    pub fn attempt(&self) -> AttemptId {
        AttemptId::from(self.attempt.clone())
    }
}

/// The unlink button, and the page where it stood, if not the page about unlinking.
///
/// After a proof of identity the page asks again. The callback that brings the proof must answer with a redirect,
/// never with a refusal in place (S47).
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct UnlinkForm {
    next: String,
}

impl UnlinkForm {
    pub fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}

impl ParsedForm for UnlinkForm {
    const MAY_WAIT: bool = false;
}

/// The attempt that a page is about.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct AttemptQuery {
    attempt: String,
}

impl AttemptQuery {
    pub fn attempt(&self) -> AttemptId {
        // PostgreSQL rejects a NUL character in a text, so no attempt has such an id.
        AttemptId::from(self.attempt.replace('\0', ""))
    }
}

/// The query of the start page: the address that the visitor came from.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct StartQuery {
    pub return_to: String,
}

/// The query of pages that lead to a next address.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct NextQuery {
    next: String,
}

impl NextQuery {
    pub fn next(&self) -> Option<NextAddress> {
        NextAddress::parse(&self.next)
    }
}
