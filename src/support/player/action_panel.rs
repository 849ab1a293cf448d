//! View models of the action forms on a player's page.

use crate::support::actions::{LastAction, Verb, standing};
use crate::support::player::model::PlayerOverview;
use crate::web::{CurrentStaffMember, Page};

/// The forms of `templates/support/actions.html`.
pub(super) struct ActionPanel {
    pub rows: Vec<ActionRow>,
}

/// An action, or why it is not possible.
pub(super) struct ActionRow {
    /// The stem of its field ids.
    pub of: &'static str,
    pub action: &'static str,
    pub label: String,
    /// The effect of the action.
    pub body: String,
    /// What the player learns by mail; empty where the action is not possible.
    pub told: String,
    /// The button's style, for `form::submit`.
    pub look: &'static str,
    /// The state that this page shows; see `ActionGuard`.
    pub seen: String,
    pub has_note: bool,
    /// The text of a form that was refused.
    pub reason: String,
    pub note: String,
    pub is_open: bool,
}

/// Whether an action is possible, with the message of its effect or of the obstacle.
#[derive(Clone, Copy)]
enum ActionOffer {
    May(&'static str),
    Cannot(&'static str),
}

impl ActionPanel {
    /// The actions that this member of staff may take on this player.
    ///
    /// `typed` is the text of a form that was refused, by field id.
    pub(super) fn of(
        page: &Page,
        staff: &CurrentStaffMember,
        known: &PlayerOverview,
        typed: &[(String, String)],
    ) -> Self {
        let rows = Verb::ALL
            .iter()
            .filter(|verb| staff.may(verb.permission()))
            .filter_map(|verb| Some(ActionRow::of(page, known, *verb, offer(*verb, known)?, typed)))
            .collect();
        Self { rows }
    }
}

/// `None` where the action makes no sense for this player now.
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
            // Only one message uses the number of sessions.
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

/// The value that `ActionGuard` compares.
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
