//! An audit record as a plain sentence.
//!
//! Its message is `event-<kind>`, with hyphens for dots and underscores. The message may choose its words by the
//! actor and by the closed words of the record's details. Without them it names the kind.

use serde_json::Value;

use crate::audit::{AuditEntry, Kind};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// Details by which a message may choose its words.
const CHOSEN_BY: [&str; 4] = ["with", "door", "code", "cause"];

/// The sentence, and another player whom the event concerns.
pub(super) struct EventText {
    pub sentence: String,
    pub other: Option<PlayerId>,
}

/// The sentence of a record; an unknown kind is shown as its word.
pub(super) fn event_text(language: Language, record: &AuditEntry) -> EventText {
    let Ok(kind) = record.kind.parse::<Kind>() else {
        return EventText { sentence: record.kind.clone(), other: None };
    };
    let details: Value = serde_json::from_str(&record.details).unwrap_or_default();
    let detail = |name: &str| details.get(name).and_then(Value::as_str).unwrap_or_default();
    let (way, other) = other_event(kind, &details);
    let mut args = vec![("actor", record.actor.as_str()), ("way", way)];
    args.extend(CHOSEN_BY.map(|name| (name, detail(name))));
    EventText { sentence: language.text_with(&message_key(kind), &args), other }
}

/// The name of a kind, for the filter's list.
pub(super) fn name_of(language: Language, kind: Kind) -> String {
    let mut args = vec![("actor", ""), ("way", "")];
    args.extend(CHOSEN_BY.map(|name| (name, "")));
    language.text_with(&message_key(kind), &args)
}

/// The other player, when a game or a device moves between players; details name them as `to` or `from`.
fn other_event(kind: Kind, details: &Value) -> (&'static str, Option<PlayerId>) {
    if !matches!(kind, Kind::PlayerSwitched | Kind::DeviceAdded | Kind::DeviceSwitchedOff) {
        return ("", None);
    }
    let found = ["to", "from"].into_iter().find_map(|way| Some((way, details.get(way)?.as_str()?)));
    found.map_or(("", None), |(way, id)| (way, Some(PlayerId::from(id.to_owned()))))
}

fn message_key(kind: Kind) -> String {
    format!("event-{}", kind.as_str().replace(['.', '_'], "-"))
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    fn record(kind: &str, details: &str) -> AuditEntry {
        AuditEntry {
            id: "1".into(),
            at: DateTime::UNIX_EPOCH,
            kind: kind.into(),
            actor: "player".into(),
            player: None,
            staff: None,
            reference: "R".into(),
            details: details.into(),
            network: None,
            browser: None,
            reason: None,
        }
    }

    fn sentence(kind: &str, details: &str) -> String {
        event_text(Language::English, &record(kind, details)).sentence
    }

    #[test]
    fn every_kind_has_a_sentence_and_a_name_in_every_language() {
        for &language in Language::ALL {
            for kind in Kind::ALL {
                let id = message_key(*kind);
                assert!(language.has(&id), "{} lacks {id}", language.as_str());
                let name = name_of(language, *kind);
                assert!(!name.is_empty() && !name.contains(['{', '$']), "{name}");
            }
        }
    }

    #[test]
    fn details_choose_the_words() {
        assert_eq!(sentence("player.session.started", r#"{"with":"amazon"}"#), "Signed in with Amazon");
        let in_a_game = sentence("player.session.started", r#"{"with":"amazon","door":"game"}"#);
        assert_eq!(in_a_game, "Signed in with Amazon, in a game");
        assert_eq!(sentence("player.session.started", "{}"), "Signed in");
        assert_eq!(sentence("player.session.started", "no JSON"), "Signed in");
        assert_eq!(sentence("moon.landed", "{}"), "moon.landed", "a record of a newer program");
    }

    #[test]
    fn another_player_is_told_where_something_moved() {
        let moved = event_text(Language::English, &record("player.device.switched_off", r#"{"to":"b"}"#));
        assert_eq!(moved.other.unwrap().as_str(), "b");
        let ended = event_text(
            Language::English,
            &record("player.session.ended_from_afar", r#"{"ended":"s","to":"x"}"#),
        );
        assert!(ended.other.is_none());
    }
}
