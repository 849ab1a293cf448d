//! Device ids, labels and rows.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::schema::devices;
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, ReservedNames};

/// The accepted length of a device id, in bytes. Shorter ids could be guessed in ranges (S147).
const BYTES: std::ops::RangeInclusive<usize> = 16..=256;

/// A device id: a bearer secret that the client chose.
#[derive(Clone)]
pub struct DeviceId(SecretString);

impl DeviceId {
    /// Parses a device id. Bytes are compared, so nothing is trimmed or folded.
    pub fn parse(raw: &SecretString) -> Option<Self> {
        let text = raw.expose_secret();
        let is_plain = BYTES.contains(&text.len()) && !text.chars().any(char::is_control);
        is_plain.then(|| Self(raw.clone()))
    }

    /// The stored hash. It includes the API key, so that an id never finds another game's player.
    pub(crate) fn hash(&self, app: &App, api_key: &str) -> String {
        // An API key contains no colon, so no two pairs have the same text.
        app.keys.lookup.hash(LookupPurpose::Device, &format!("{api_key}:{}", self.0.expose_secret()))
    }
}

/// The label by which the player recognises a device: its name or else its model, and its system.
///
/// The parts are cleaned like a display name, because the client chose them.
pub fn label_of(app: &App, name: Option<&str>, model: Option<&str>, system: &str) -> String {
    let reserved = ReservedNames::new(&app.config.site.name);
    let clean = |text: &str| DisplayName::from_upstream(text, &reserved).map(|name| name.as_str().to_owned());
    let name = name.and_then(clean).or_else(|| model.and_then(clean));
    match (name, clean(system)) {
        (Some(name), Some(system)) if name != system => format!("{name} · {system}"),
        (Some(name), _) => name,
        (None, system) => system.unwrap_or_default(),
    }
}

/// A device for its player's list.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub(crate) struct Device {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub api_key: String,
    pub label: String,
    /// The label in the last mail to the player about this device.
    #[diesel(column_name = told_of)]
    pub mailed_label: Option<String>,
    pub network: String,
    pub made_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
}

/// A device for the support pages.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub struct DeviceSummary {
    pub label: String,
    pub api_key: String,
    pub network: String,
    pub made_at: DateTime<Utc>,
    pub last_used_at: DateTime<Utc>,
    pub switched_off_at: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_taken(text: &str) -> bool {
        DeviceId::parse(&SecretString::from(text)).is_some()
    }

    #[test]
    fn a_short_id_is_no_secret() {
        assert!(!is_taken(""));
        assert!(!is_taken("123456789012345"));
        assert!(is_taken("1234567890123456"));
        assert!(is_taken(&"x".repeat(256)));
        assert!(!is_taken(&"x".repeat(257)));
        assert!(!is_taken("1234567890123456\u{0}"));
    }
}
