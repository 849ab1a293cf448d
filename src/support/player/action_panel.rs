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
    pub mail_hint: String,
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
        overview: &PlayerOverview,
        typed: &[(String, String)],
    ) -> Self {
        let rows = Verb::ALL
            .iter()
            .filter(|verb| staff.may(verb.permission()))
            .filter_map(|verb| Some(ActionRow::of(page, overview, *verb, offer(*verb, overview)?, typed)))
            .collect();
        Self { rows }
    }
}

/// `None` where the action makes no sense for this player now.
fn offer(verb: Verb, overview: &PlayerOverview) -> Option<ActionOffer> {
    use ActionOffer::{Cannot, May};
    let is_only_way = overview.has_amazon() && !overview.can_sign_in_without_amazon();
    Some(match verb {
        Verb::CheckLink if overview.has_amazon() => May("action-check-link-body"),
        Verb::UnlinkAmazon if is_only_way && !overview.has_email() => Cannot("action-unlink-amazon-last"),
        Verb::UnlinkAmazon if is_only_way && overview.is_disabled() => {
            Cannot("action-unlink-amazon-disabled")
        }
        Verb::UnlinkAmazon if is_only_way => May("action-unlink-amazon-recovery"),
        Verb::UnlinkAmazon if overview.has_amazon() => May("action-unlink-amazon-body"),
        Verb::EndSessions if overview.session_count() > 0 => May("action-end-sessions-body"),
        Verb::SendReset if !overview.has_email() => Cannot("action-send-reset-no-address"),
        Verb::SendReset if overview.closes_at().is_some() => Cannot("action-send-reset-closing"),
        Verb::SendReset if overview.is_disabled() => Cannot("action-send-reset-disabled"),
        Verb::SendReset => May("action-send-reset-body"),
        Verb::Note => May("action-note-body"),
        Verb::Disable if !overview.is_disabled() => May("action-disable-body"),
        Verb::Enable if overview.closes_at().is_some() => Cannot("action-enable-closing"),
        Verb::Enable if overview.is_disabled() => May("action-enable-body"),
        _ => return None,
    })
}

impl ActionRow {
    fn of(
        page: &Page,
        overview: &PlayerOverview,
        verb: Verb,
        offer: ActionOffer,
        typed: &[(String, String)],
    ) -> Self {
        let of = verb.as_str();
        let typed_in = |field: &str| {
            let id = format!("{of}-{field}");
            typed.iter().find(|(field, _)| *field == id).map_or_else(String::new, |(_, text)| text.clone())
        };
        let (message, mail_hint) = match offer {
            ActionOffer::May(message) => (message, mail_hint(page, overview, verb)),
            ActionOffer::Cannot(message) => (message, String::new()),
        };
        let sessions = i64::try_from(overview.session_count()).unwrap_or(i64::MAX);
        Self {
            of,
            action: verb.path(),
            label: page.t(&format!("action-{of}")),
            // Only one message uses the number of sessions.
            body: page.language().text_for_count(message, sessions),
            mail_hint,
            look: if matches!(verb, Verb::UnlinkAmazon | Verb::Disable) { "danger" } else { "primary" },
            seen: seen(overview, &overview.latest, verb),
            has_note: verb == Verb::Note,
            reason: typed_in("reason"),
            note: typed_in("note"),
            is_open: typed.iter().any(|(id, _)| *id == format!("{of}-reason")),
        }
    }
}

fn mail_hint(page: &Page, overview: &PlayerOverview, verb: Verb) -> String {
    page.t(match verb {
        Verb::SendReset => "action-told-by-itself",
        _ if overview.has_email() => "action-told",
        _ => "action-untold",
    })
}

/// The value that `ActionGuard` compares.
fn seen(overview: &PlayerOverview, latest: &LastAction, verb: Verb) -> String {
    match verb {
        Verb::UnlinkAmazon => {
            let link = overview.link.as_ref().filter(|_| overview.has_amazon());
            link.map_or_else(String::new, |link| link.id.to_string())
        }
        Verb::Disable | Verb::Enable => standing(overview.is_disabled()).to_owned(),
        Verb::CheckLink | Verb::EndSessions | Verb::SendReset | Verb::Note => latest.of(verb).to_owned(),
    }
}
