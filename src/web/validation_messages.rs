//! Sentences for rejected names, addresses and passwords, the same in every form.

use crate::platform::email::EmailRefused;
use crate::platform::i18n::Language;
use crate::platform::name::{NameRefusal, UserNameRefusal};
use crate::platform::password::PasswordRefusal;

pub fn of_display_name(language: Language, why: NameRefusal) -> String {
    language.text(match why {
        NameRefusal::Empty => "refused-name-empty",
        NameRefusal::TooLong => "refused-name-too-long",
        NameRefusal::ForbiddenCharacter => "refused-name-character",
        NameRefusal::TooManyMarks => "refused-name-marks",
        NameRefusal::MixedScripts => "refused-name-scripts",
        NameRefusal::Reserved => "refused-name-reserved",
    })
}

/// The message id instead of the sentence, because some callers add refusals of their own.
pub fn of_user_name(why: UserNameRefusal) -> &'static str {
    match why {
        UserNameRefusal::TooShort => "refused-user-name-too-short",
        UserNameRefusal::TooLong => "refused-user-name-too-long",
        UserNameRefusal::ForbiddenCharacter => "refused-user-name-character",
    }
}

pub fn of_email(language: Language, why: EmailRefused) -> String {
    language.text(match why {
        EmailRefused::Empty => "refused-email-empty",
        EmailRefused::TooLong => "refused-email-too-long",
        EmailRefused::LocalPartTooLong => "refused-email-local-part",
        EmailRefused::NotAnAddress => "refused-email-shape",
        EmailRefused::LocalPartNotAscii => "refused-email-letters",
    })
}

pub fn of_password(language: Language, why: PasswordRefusal) -> String {
    let message = match why {
        PasswordRefusal::TooShort { min } => {
            return language.text_of("refused-password-too-short", [("min", min.to_string().as_str())]);
        }
        PasswordRefusal::TooLong { max } => {
            return language.text_of("refused-password-too-long", [("max", max.to_string().as_str())]);
        }
        PasswordRefusal::ForbiddenCharacter => "refused-password-character",
        PasswordRefusal::Common => "refused-password-common",
        PasswordRefusal::Repetitive => "refused-password-repetitive",
        PasswordRefusal::Sequence => "refused-password-sequence",
        PasswordRefusal::ContextWords => "refused-password-context",
        PasswordRefusal::Breached => "refused-password-breached",
    };
    language.text(message)
}
