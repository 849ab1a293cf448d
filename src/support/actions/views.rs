//! What staff are offered to do, beside the player's story.

use crate::support::actions::last_action::LastAction;
use crate::support::actions::model::{Verb, standing};
use crate::support::player::PlayerOverview;
use crate::web::Page;

/// The forms of `templates/support/actions.html`.
pub(in crate::support) struct ActionPanel {
    pub rows: Vec<ActionRow>,
}

/// One thing to do, or why it cannot be done.
pub(in crate::support) struct ActionRow {
    /// The stem of its fields' ids.
    pub of: &'static str,
    pub action: &'static str,
    pub label: String,
    /// What will happen.
    pub body: String,
    /// What the player is told; empty where there is nothing to press.
    pub told: String,
    /// See `form::submit`.
    pub look: &'static str,
    /// What this page shows that decides.
    pub seen: String,
    pub has_note: bool,
    /// What stood in a form that was not accepted.
    pub reason: String,
    pub note: String,
    pub is_open: bool,
}

/// Whether something can be done, and the message that says what will happen or why it cannot.
#[derive(Clone, Copy)]
enum ActionOffer {
    May(&'static str),
    Cannot(&'static str),
}

impl ActionPanel {
    /// What may be done for this player, by whoever looks at the page. `typed`: what stood in a form that was not
    /// accepted, by its field's id.
    pub(in crate::support) fn of(page: &Page, known: &PlayerOverview, typed: &[(String, String)]) -> Self {
        let rows = Verb::ALL
            .iter()
            .filter(|verb| page.may(verb.permission().as_str()))
            .filter_map(|verb| Some(ActionRow::of(page, known, *verb, offer(*verb, known)?, typed)))
            .collect();
        Self { rows }
    }
}

/// What makes sense for this player now.
fn offer(verb: Verb, known: &PlayerOverview) -> Option<ActionOffer> {
    use ActionOffer::{Cannot, May};
    let is_only_way = known.has_amazon() && !known.has_usable_password();
    Some(match verb {
        Verb::CheckLink if known.has_amazon() => May("action-check-link-body"),
        Verb::UnlinkAmazon if is_only_way && !known.has_email() => Cannot("action-unlink-amazon-last"),
        Verb::UnlinkAmazon if is_only_way && known.is_disabled() => Cannot("action-unlink-amazon-disabled"),
        Verb::UnlinkAmazon if is_only_way => May("action-unlink-amazon-recovery"),
        Verb::UnlinkAmazon if known.has_amazon() => May("action-unlink-amazon-body"),
        Verb::EndSessions if known.session_count() > 0 => May("action-end-sessions-body"),
        Verb::SendReset if !known.has_email() => Cannot("action-send-reset-no-address"),
        Verb::SendReset if known.is_disabled() => Cannot("action-send-reset-disabled"),
        Verb::SendReset => May("action-send-reset-body"),
        Verb::Note => May("action-note-body"),
        Verb::Disable if !known.is_disabled() => May("action-disable-body"),
        Verb::Enable if known.is_disabled() => May("action-enable-body"),
        _ => return None,
    })
}

impl ActionRow {
    fn of(
        page: &Page,
        known: &PlayerOverview,
        verb: Verb,
        offer: ActionOffer,
        typed: &[(String, String)],
    ) -> Self {
        let of = verb.as_str();
        let typed_in = |field: &str| {
            let id = format!("{of}-{field}");
            typed.iter().find(|(known, _)| *known == id).map_or_else(String::new, |(_, text)| text.clone())
        };
        let (message, told) = match offer {
            ActionOffer::May(message) => (message, told(page, known, verb)),
            ActionOffer::Cannot(message) => (message, String::new()),
        };
        let sessions = i64::try_from(known.session_count()).unwrap_or(i64::MAX);
        Self {
            of,
            action: verb.path(),
            label: page.t(&format!("action-{of}")),
            // Only one of them says how many sessions there are.
            body: page.language().text_for_count(message, sessions),
            told,
            look: if matches!(verb, Verb::UnlinkAmazon | Verb::Disable) { "danger" } else { "primary" },
            seen: seen(known, &known.latest, verb),
            has_note: verb == Verb::Note,
            reason: typed_in("reason"),
            note: typed_in("note"),
            is_open: typed.iter().any(|(id, _)| *id == format!("{of}-reason")),
        }
    }
}

fn told(page: &Page, known: &PlayerOverview, verb: Verb) -> String {
    page.t(match verb {
        Verb::SendReset => "action-told-by-itself",
        _ if known.has_email() => "action-told",
        _ => "action-untold",
    })
}

/// What [`super::request::ActionGuard`] will compare.
fn seen(known: &PlayerOverview, latest: &LastAction, verb: Verb) -> String {
    match verb {
        Verb::UnlinkAmazon => {
            let link = known.link.as_ref().filter(|_| known.has_amazon());
            link.map_or_else(String::new, |link| link.id.to_string())
        }
        Verb::Disable | Verb::Enable => standing(known.is_disabled()).to_owned(),
        Verb::CheckLink | Verb::EndSessions | Verb::SendReset | Verb::Note => latest.of(verb).to_owned(),
    }
}
