//! The password of an account: set, changed, removed (S7, S8).
//!
//! A change needs the present one in the same request; a first one needs fresh proof by Amazon; removing it
//! needs another way in. Each ends every other session.

mod forms;
pub mod pages;
mod remove;
mod save;
mod views;

use crate::platform::catalogue::Language;
use crate::platform::password::{MAX_CHARACTERS, PasswordRefused};

/// What a person reads about a password that was not accepted, wherever one is chosen.
pub fn unfit(language: Language, why: PasswordRefused) -> String {
    match why {
        PasswordRefused::TooShort { min } => {
            language.text_of("password-refused-too-short", [("min", &min.to_string())])
        }
        PasswordRefused::TooLong => {
            language.text_of("password-refused-too-long", [("max", &MAX_CHARACTERS.to_string())])
        }
        PasswordRefused::ForbiddenCharacter => language.text("password-refused-character"),
        PasswordRefused::Common => language.text("password-refused-common"),
        PasswordRefused::Repetitive => language.text("password-refused-repetitive"),
        PasswordRefused::Sequence => language.text("password-refused-sequence"),
        PasswordRefused::ContextWords => language.text("password-refused-context"),
    }
}
