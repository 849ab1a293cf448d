//! Why a name, an address or a password was not accepted, as a sentence under its field. The same words
//! wherever it is typed.

use crate::platform::email::EmailRefused;
use crate::platform::i18n::Language;
use crate::platform::name::{NameRefused, UserNameRefused};
use crate::platform::password::{MAX_CHARACTERS, PasswordRefused};

pub fn of_display_name(language: Language, why: NameRefused) -> String {
    language.text(match why {
        NameRefused::Empty => "refused-name-empty",
        NameRefused::TooLong => "refused-name-too-long",
        NameRefused::ForbiddenCharacter => "refused-name-character",
        NameRefused::TooManyMarks => "refused-name-marks",
        NameRefused::MixedScripts => "refused-name-scripts",
        NameRefused::Reserved => "refused-name-reserved",
    })
}

/// The message, because some callers add refusals of their own.
pub fn of_user_name(why: UserNameRefused) -> &'static str {
    match why {
        UserNameRefused::TooShort => "refused-user-name-too-short",
        UserNameRefused::TooLong => "refused-user-name-too-long",
        UserNameRefused::ForbiddenCharacter => "refused-user-name-character",
    }
}

pub fn of_email(language: Language, why: EmailRefused) -> String {
    language.text(match why {
        EmailRefused::Empty => "refused-email-empty",
        EmailRefused::TooLong => "refused-email-too-long",
        EmailRefused::NotAnAddress => "refused-email-shape",
        EmailRefused::LocalPartNotAscii => "refused-email-letters",
    })
}

pub fn of_password(language: Language, why: PasswordRefused) -> String {
    let message = match why {
        PasswordRefused::TooShort { min } => {
            return language.text_of("refused-password-too-short", [("min", min.to_string().as_str())]);
        }
        PasswordRefused::TooLong => {
            let max = MAX_CHARACTERS.to_string();
            return language.text_of("refused-password-too-long", [("max", max.as_str())]);
        }
        PasswordRefused::ForbiddenCharacter => "refused-password-character",
        PasswordRefused::Common => "refused-password-common",
        PasswordRefused::Repetitive => "refused-password-repetitive",
        PasswordRefused::Sequence => "refused-password-sequence",
        PasswordRefused::ContextWords => "refused-password-context",
    };
    language.text(message)
}
