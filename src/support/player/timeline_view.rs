//! View models of a player's timeline.

use std::collections::HashMap;

use crate::audit::{Actor, AuditEntry, Kind};
use crate::platform::ids::{PlayerId, StaffId};
use crate::support::player::event_text::{self, EventText};
use crate::support::player::timeline::{PAGE, TimelineGroup, TimelineQuery};
use crate::support::player::view_context::ViewContext;
use crate::web::relative_time::RelativeTime;
use crate::web::urls;

pub(super) struct TimelineView {
    pub entries: Vec<TimelineEntry>,
    /// The filter links, `everything` first: address, name, and whether it is chosen.
    pub groups: Vec<(String, String, bool)>,
    /// The options of the form: word, name, and whether it is chosen.
    pub kinds: Vec<(String, String, bool)>,
    pub older: Option<String>,
    pub newest: Option<String>,
}

pub(super) struct TimelineEntry {
    pub at: RelativeTime,
    pub kind: String,
    pub sentence: String,
    /// Another player whom the event concerns: id and address of the page.
    pub other: Option<(String, String)>,
    pub actor: String,
    pub actor_text: String,
    /// The email address of the member of staff.
    pub staff: String,
    pub network: String,
    pub browser: String,
    pub reason: String,
    pub reference: String,
}

impl TimelineView {
    pub fn of(
        view: ViewContext<'_>,
        player: &PlayerId,
        asked: &TimelineQuery,
        records: &[AuditEntry],
        names: &HashMap<StaffId, String>,
    ) -> Self {
        let shown = records.get(..PAGE).unwrap_or(records);
        let has_more = records.len() > shown.len();
        let last = shown.last().filter(|_| has_more);
        let everything = (address(player, "", None), view.t("group-everything"), asked.word.is_empty());
        let group = |group: TimelineGroup| {
            let word = group.as_str();
            (address(player, word, None), view.t(&format!("group-{word}")), asked.word == word)
        };
        let anything = (String::new(), view.t("audit-any-kind"), asked.word.parse::<Kind>().is_err());
        let kinds = TimelineGroup::ALL.iter().flat_map(|group| group.kinds()).map(|kind| {
            let name = event_text::name_of(view.page.language(), *kind);
            (kind.as_str().to_owned(), name, kind.as_str() == asked.word)
        });
        Self {
            entries: shown.iter().map(|record| entry(view, record, names)).collect(),
            groups: std::iter::once(everything)
                .chain(TimelineGroup::ALL.iter().copied().map(group))
                .collect(),
            kinds: std::iter::once(anything).chain(kinds).collect(),
            older: last.map(|last| address(player, &asked.word, Some(&last.id))),
            newest: asked.before.as_ref().map(|_| address(player, &asked.word, None)),
        }
    }
}

fn entry(view: ViewContext<'_>, record: &AuditEntry, names: &HashMap<StaffId, String>) -> TimelineEntry {
    let EventText { sentence, other } = event_text::event_text(view.page.language(), record);
    let staff = record.staff.as_ref();
    TimelineEntry {
        at: view.moment(record.at),
        kind: record.kind.clone(),
        sentence,
        other: other.map(|id| (id.to_string(), of_player(&id))),
        actor: record.actor.clone(),
        actor_text: match record.actor.parse::<Actor>() {
            Ok(actor) => view.t(&format!("actor-{}", actor.as_str())),
            Err(_) => record.actor.clone(),
        },
        staff: staff.map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string())).unwrap_or_default(),
        network: record.network.as_deref().map(|network| view.masking.network(network)).unwrap_or_default(),
        browser: record.browser.clone().unwrap_or_default(),
        reason: record.reason.clone().unwrap_or_default(),
        reference: record.reference.clone(),
    }
}

/// The address of a player's page.
pub(super) fn of_player(player: &PlayerId) -> String {
    format!("{}/{player}", urls::PLAYERS)
}

/// The address of the player's page with this filter, from the record `before` on.
fn address(player: &PlayerId, word: &str, before: Option<&str>) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .extend_pairs(Some(("kind", word)).filter(|_| !word.is_empty()))
        .extend_pairs(before.map(|before| ("before", before)))
        .finish();
    let path = of_player(player);
    if query.is_empty() { format!("{path}#timeline") } else { format!("{path}?{query}#timeline") }
}
