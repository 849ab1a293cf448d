//! The forms of the pages about a player's data.

use serde::Deserialize;

use crate::platform::i18n::Language;
use crate::web::ParsedForm;

/// `POST /account/data/export`, which has no fields.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct ExportForm {}

impl ParsedForm for ExportForm {}

/// `POST /account/data/delete`.
#[derive(Clone, Default, Deserialize)]
#[serde(default)]
pub struct EraseForm {
    pub(super) confirm: String,
}

impl ParsedForm for EraseForm {}

impl EraseForm {
    /// The field's name and id.
    pub(super) const FIELD: &'static str = "confirm";

    /// Whether the player typed the word that confirms, in any language of the pages.
    pub(super) fn is_confirmed(&self) -> bool {
        let typed = self.confirm.trim().to_lowercase();
        Language::ALL.iter().any(|language| language.text("data-delete-word").to_lowercase() == typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_word_deletes() {
        let is_confirmed = |typed: &str| EraseForm { confirm: typed.to_owned() }.is_confirmed();
        for typed in ["DELETE", " delete ", "LÖSCHEN", "löschen"] {
            assert!(is_confirmed(typed), "{typed}");
        }
        for typed in ["", " ", "yes", "DELETE!", "DEL ETE", "delete my account"] {
            assert!(!is_confirmed(typed), "{typed}");
        }
    }
}
