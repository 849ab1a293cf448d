//! A player's audit records as the export shows them.
//!
//! Staff appear as "support" only, and the ids of other people are left out.

use serde::Serialize;
use serde_json::Value;

use crate::audit::AuditEntry;
use crate::platform::db::UtcTime;
use crate::platform::ids::PlayerId;

/// One audit record in the export.
#[derive(Debug, Serialize)]
pub(super) struct ExportedEvent {
    pub id: String,
    at: UtcTime,
    what: String,
    by: String,
    network: Option<String>,
    browser: Option<String>,
    reason: Option<String>,
    details: Value,
    reference: String,
}

impl ExportedEvent {
    pub fn of(record: AuditEntry, player: &PlayerId) -> Self {
        let mut details = serde_json::from_str(&record.details).unwrap_or(Value::Null);
        remove_other_ids(&mut details, player);
        Self {
            id: record.id,
            at: record.at.into(),
            what: record.kind,
            by: record.actor,
            network: record.network,
            browser: record.browser,
            reason: record.reason,
            details,
            reference: record.reference,
        }
    }
}

/// Removes every id but the player's own.
///
/// Details contain fixed words and ids. Any other id is another person's, or a row's.
fn remove_other_ids(details: &mut Value, player: &PlayerId) {
    let is_anothers = |value: &Value| {
        value.as_str().is_some_and(|text| text != player.as_str() && uuid::Uuid::try_parse(text).is_ok())
    };
    match details {
        Value::Object(fields) => {
            fields.retain(|_, value| !is_anothers(value));
            for value in fields.values_mut() {
                remove_other_ids(value, player);
            }
        }
        Value::Array(values) => {
            values.retain(|value| !is_anothers(value));
            for value in values {
                remove_other_ids(value, player);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn nobody_elses_id_is_told() {
        let (own, other) = ("0199aaaa-0000-7000-8000-000000000001", "0199aaaa-0000-7000-8000-000000000002");
        let mut details =
            json!({ "to": other, "of": own, "door": "game", "who": [other, own, { "by": other }] });
        remove_other_ids(&mut details, &PlayerId::from(own.to_owned()));
        assert_eq!(details, json!({ "of": own, "door": "game", "who": [own, {}] }));
    }
}
