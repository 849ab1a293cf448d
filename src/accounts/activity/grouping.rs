//! Groups audit records into entries: records of one day that say the same become one.

use chrono::{DateTime, NaiveDate, Utc};
use serde::Deserialize;

use crate::accounts::activity::visible_events::{self, GroupingRule};
use crate::audit::{Actor, AuditEntry, Kind};
use crate::sessions::SignedInWith;

/// One entry of the history.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct ActivityEntry {
    /// The id of the message with its sentence.
    pub sentence: &'static str,
    pub kind: Kind,
    pub is_by_support: bool,
    /// How many records the entry stands for.
    pub count: u32,
    /// The time of the newest of them.
    pub at: DateTime<Utc>,
    pub with: Option<SignedInWith>,
    pub is_in_a_game: bool,
    /// The network of the player or visitor who acted; never that of a member of staff.
    pub network: Option<String>,
    pub browser: Option<String>,
}

/// The entries of one page, and the record after which the next page begins.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct ActivityPageRows {
    pub lines: Vec<ActivityEntry>,
    pub before: Option<String>,
}

/// The details of a record that a player may read. Unknown words are ignored.
#[derive(Default, Deserialize)]
#[serde(default)]
struct EntryDetails {
    with: Option<serde_json::Value>,
    door: Option<String>,
    refused: bool,
}

/// Groups `records`, newest first, into at most `most` entries. `has_more` says whether older ones exist.
pub(super) fn group_entries(records: Vec<AuditEntry>, most: usize, has_more: bool) -> ActivityPageRows {
    let mut folded = ActivityPageRows::default();
    let mut last = None;
    for record in records {
        let id = record.id.clone();
        if let Some((line, folds)) = entry_of(record) {
            let is_full = folded.lines.len() == most;
            let same = folded.lines.iter_mut().find(|known| folds && known.stands_for(&line));
            match same {
                Some(known) => known.count += 1,
                None if is_full => {
                    folded.before = last;
                    return folded;
                }
                None => folded.lines.push(line),
            }
        }
        last = Some(id);
    }
    folded.before = last.filter(|_| has_more);
    folded
}

impl ActivityEntry {
    /// Whether the other entry says the same on the same day.
    fn stands_for(&self, other: &Self) -> bool {
        let once = |line: &Self| Self { count: 1, at: DateTime::UNIX_EPOCH, ..line.clone() };
        day_of(self.at) == day_of(other.at) && once(self) == once(other)
    }
}

fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.date_naive()
}

/// The entry of a record, and whether it may be grouped. `None` for a record that its player does not see.
fn entry_of(record: AuditEntry) -> Option<(ActivityEntry, bool)> {
    let kind: Kind = record.kind.parse().ok()?;
    let shown = visible_events::visible_kinds(kind)?;
    let actor: Actor = record.actor.parse().ok()?;
    let details: EntryDetails = serde_json::from_str(&record.details).unwrap_or_default();
    // The id was no session of this player, so no session ended.
    if kind == Kind::SessionEnded && details.refused {
        return None;
    }
    let is_in_a_game = details.door.as_deref() == Some("game");
    let folds = match shown.folds {
        GroupingRule::Always => true,
        GroupingRule::InGames => is_in_a_game,
        GroupingRule::Never => false,
    };
    let is_theirs = matches!(actor, Actor::Player | Actor::Visitor);
    let line = ActivityEntry {
        sentence: visible_events::sentence_key(kind, shown, actor),
        kind,
        is_by_support: actor == Actor::Support,
        count: 1,
        at: record.at,
        with: details.with.and_then(|word| serde_json::from_value(word).ok()),
        is_in_a_game,
        network: record.network.filter(|_| is_theirs),
        browser: record.browser.filter(|_| is_theirs),
    };
    Some((line, folds))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record that was written `hour` hours before noon of a fixed day.
    fn record(hour: i64, kind: Kind, actor: Actor, details: &str) -> AuditEntry {
        AuditEntry {
            id: format!("id-{hour}"),
            at: DateTime::from_timestamp(1_795_262_400 - hour * 3600, 0).unwrap(),
            kind: kind.as_str().into(),
            actor: actor.as_str().into(),
            player: None,
            staff: Some("sam".to_owned().into()),
            reference: "R".into(),
            details: details.into(),
            network: Some("192.0.2.0/24".into()),
            browser: None,
            reason: Some("ticket 4711".into()),
        }
    }

    fn look(hour: i64) -> AuditEntry {
        record(hour, Kind::PlayerViewed, Actor::Support, "{}")
    }

    fn counts(lines: &ActivityPageRows) -> Vec<u32> {
        lines.lines.iter().map(|line| line.count).collect()
    }

    #[test]
    fn looks_of_one_day_are_one_line_with_their_number() {
        let sign_in = record(2, Kind::PlayerSignedIn, Actor::Player, r#"{"with":"password"}"#);
        let folded = group_entries(vec![look(1), sign_in, look(3), look(4), look(30)], 10, false);
        assert_eq!((counts(&folded), folded.before), (vec![3, 1, 1], None));
        assert_eq!(folded.lines[0].at, look(1).at, "the newest of them");
        assert_eq!(folded.lines[1].with, Some(SignedInWith::Password));
    }

    #[test]
    fn nobody_reads_where_a_member_of_staff_was() {
        let removed =
            |actor| group_entries(vec![record(1, Kind::LinkRemoved, actor, "{}")], 1, false).lines.remove(0);
        let (own, theirs) = (removed(Actor::Player), removed(Actor::Support));
        assert_eq!((own.network.as_deref(), own.is_by_support), (Some("192.0.2.0/24"), false));
        assert_eq!((theirs.network, theirs.is_by_support), (None, true));
        assert_ne!(own.sentence, theirs.sentence);
    }

    #[test]
    fn tries_from_different_places_stay_apart() {
        let refused = |hour, network: &str| AuditEntry {
            network: Some(network.into()),
            ..record(hour, Kind::SignInFailed, Actor::Visitor, "{}")
        };
        let records =
            vec![refused(1, "192.0.2.0/24"), refused(2, "198.51.100.0/24"), refused(3, "192.0.2.0/24")];
        assert_eq!(counts(&group_entries(records, 10, false)), [2, 1]);
    }

    #[test]
    fn games_sign_in_often_and_browsers_do_not() {
        let by = |door: &str| format!(r#"{{"with":"password"{door}}}"#);
        let game = |hour| record(hour, Kind::PlayerSignedIn, Actor::Player, &by(r#","door":"game""#));
        let browser = |hour| record(hour, Kind::PlayerSignedIn, Actor::Player, &by(""));
        let folded = group_entries(vec![game(1), browser(2), game(3), browser(4)], 10, false);
        assert_eq!(counts(&folded), [2, 1, 1]);
    }

    #[test]
    fn what_is_no_line_is_passed_over() {
        let foreign = record(1, Kind::SessionEnded, Actor::Player, r#"{"refused":true}"#);
        let unknown = AuditEntry { kind: "player.moon.walked".into(), ..look(2) };
        let of_staff = record(3, Kind::StaffSignedIn, Actor::Support, "{}");
        let odd = record(4, Kind::PlayerSignedIn, Actor::Player, r#"{"with":["moon"]}"#);
        let folded = group_entries(vec![foreign, unknown, of_staff, odd], 10, true);
        assert_eq!(folded.lines.len(), 1);
        assert_eq!((folded.lines[0].with, folded.before.as_deref()), (None, Some("id-4")));
    }

    #[test]
    fn a_page_ends_before_the_line_that_has_no_room() {
        let sign_out = |hour| record(hour, Kind::PlayerSignedOut, Actor::Player, "{}");
        let records = vec![look(1), sign_out(2), look(3), sign_out(4), look(5)];
        let folded = group_entries(records.clone(), 2, false);
        assert_eq!((counts(&folded), folded.before.as_deref()), (vec![2, 1], Some("id-3")));
        assert_eq!(group_entries(records, 3, false).before, None);
    }
}
