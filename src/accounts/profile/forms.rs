//! The form of the profile page, and its checks.

use serde::Deserialize;

use crate::platform::i18n::Language;
use crate::platform::name::{DisplayName, ReservedNames, UserName};
use crate::web::{CurrentPlayer, ParsedForm, validation_messages};

#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ProfileForm {
    pub display_name: String,
    pub user_name: String,
    /// A language tag; empty for the browser's language.
    pub language: String,
    /// A checkbox: any text means "on".
    pub sync_display_name: String,
}

impl ParsedForm for ProfileForm {}

/// A profile that has passed the checks.
pub(super) struct WantedProfile {
    pub display_name: DisplayName,
    pub user_name: Option<UserName>,
    pub language: Option<Language>,
    pub sync_display_name: bool,
}

impl ProfileForm {
    /// The form as a browser sent it, to be kept during a proof of identity.
    pub(super) fn encoded(&self) -> String {
        let fields = [
            ("display_name", &self.display_name),
            ("user_name", &self.user_name),
            ("language", &self.language),
            ("sync_display_name", &self.sync_display_name),
        ];
        url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
    }

    pub(super) fn wants_sync(&self) -> bool {
        !self.sync_display_name.is_empty()
    }

    /// The profile, or for each wrong field a sentence in the language `reads`.
    pub(super) fn checked(
        &self,
        current_player: &CurrentPlayer,
        site: &str,
        reads: Language,
    ) -> Result<WantedProfile, Vec<(String, String)>> {
        let display_name = DisplayName::parse(&self.display_name, &ReservedNames::new(site))
            .map_err(|why| ("display_name", validation_messages::of_display_name(reads, why)));
        let user_name = self
            .user_name(current_player.player.user_name.is_some())
            .map_err(|message| ("user_name", reads.text(message)));
        let language = self.language().map_err(|message| ("language", reads.text(message)));
        match (display_name, user_name, language) {
            (Ok(display_name), Ok(user_name), Ok(language)) => {
                let sync_display_name = self.wants_sync();
                Ok(WantedProfile { display_name, user_name, language, sync_display_name })
            }
            (display_name, user_name, language) => {
                let problems = [display_name.err(), user_name.err(), language.err()];
                let named = |(field, sentence): (&str, String)| (field.to_owned(), sentence);
                Err(problems.into_iter().flatten().map(named).collect())
            }
        }
    }

    /// A user name may be changed but not removed, because games may know the player by it.
    fn user_name(&self, has_one: bool) -> Result<Option<UserName>, &'static str> {
        match self.user_name.trim() {
            "" if has_one => Err("user-name-refused-stays"),
            "" => Ok(None),
            typed => UserName::parse(typed).map(Some).map_err(validation_messages::of_user_name),
        }
    }

    fn language(&self) -> Result<Option<Language>, &'static str> {
        match self.language.as_str() {
            "" => Ok(None),
            tag => Language::from_tag(tag).map(Some).ok_or("language-refused"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(user_name: &str, language: &str) -> ProfileForm {
        ProfileForm { user_name: user_name.into(), language: language.into(), ..Default::default() }
    }

    #[test]
    fn a_user_name_may_be_absent_but_not_vanish() {
        assert_eq!(form("", "").user_name(false), Ok(None));
        assert_eq!(form(" ", "").user_name(true), Err("user-name-refused-stays"));
        assert!(form("Ann-1", "").user_name(true).is_ok_and(|name| name.is_some()));
        assert_eq!(form("a@b", "").user_name(false), Err("refused-user-name-character"));
    }

    #[test]
    fn no_language_is_the_browsers_and_an_unknown_one_is_refused() {
        assert_eq!(form("", "").language(), Ok(None));
        assert_eq!(form("", "de").language(), Ok(Some(Language::German)));
        assert_eq!(form("", "xx").language(), Err("language-refused"));
    }
}
