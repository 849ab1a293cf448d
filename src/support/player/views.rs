//! What a player's page shows.

use askama::Template;

use crate::support::actions::Panel;
use crate::support::player::model::{Known, Over};
use crate::web::{Page, PageError, Visit};

/// `/support/players/{id}`.
#[derive(Template)]
#[template(path = "support/player.html")]
pub(in crate::support) struct PlayerPage {
    pub page: Page,
    pub actions: Panel,
    /// The player's id.
    pub player: String,
    pub name: String,
    typed: Vec<(String, String)>,
}

impl PlayerPage {
    pub(super) fn new(visit: &Visit, known: &Known, over: Over) -> Result<Self, PageError> {
        let mut page = Page::new(visit, "player-heading", "home")?.with_errors(over.errors);
        if let Some(notice) = over.notice {
            page = page.with_notice(notice);
        }
        Ok(Self {
            actions: Panel::of(&page, known, &over.typed),
            player: known.id().to_string(),
            name: known.account.display_name.clone(),
            typed: over.typed,
            page,
        })
    }

    /// What stood in a field of a form that was not accepted, by the field's id.
    fn typed(&self, id: &str) -> &str {
        self.typed.iter().find(|(field, _)| field == id).map_or("", |(_, value)| value.as_str())
    }
}
