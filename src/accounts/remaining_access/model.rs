//! A device, a passkey and an Amazon account, in words by which their owner knows them.

use chrono::{DateTime, Utc};
use diesel::{Queryable, Selectable};

use crate::app::App;
use crate::platform::db::schema::{amazon_links, devices, passkeys};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::i18n::Language;
use crate::platform::name::{DisplayName, ReservedNames};

/// A device that signs in by itself.
#[derive(Queryable, Selectable)]
#[diesel(table_name = devices)]
pub(super) struct RemainingDevice {
    pub id: String,
    /// The key of the game.
    pub api_key: String,
    label: String,
    pub network: String,
    pub last_used_at: DateTime<Utc>,
}

impl RemainingDevice {
    pub(super) fn name(&self, language: Language) -> String {
        if self.label.is_empty() { language.text("claim-device-unnamed") } else { self.label.clone() }
    }
}

/// A passkey of the player.
#[derive(Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub(super) struct RemainingPasskey {
    pub id: String,
    pub name: String,
    pub created_at: DateTime<Utc>,
}

/// The linked Amazon account.
#[derive(Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct RemainingAmazonAccount {
    amazon_name: Option<String>,
    amazon_email: Option<String>,
}

impl RemainingAmazonAccount {
    /// Its masked address, else its cleaned name, else words for an account without either.
    pub(super) fn name(&self, app: &App, language: Language) -> String {
        let address =
            self.amazon_email.as_deref().and_then(|text| EmailAddress::parse(text, LocalPart::Unicode).ok());
        if let Some(address) = address {
            return address.masked();
        }
        // A customer chooses the name, so it may not look like a sentence of the portal's.
        let reserved = ReservedNames::new(&app.config.site.name);
        let name = self.amazon_name.as_deref().and_then(|name| DisplayName::from_upstream(name, &reserved));
        name.map_or_else(|| language.text("access-amazon-unnamed"), |name| name.as_str().to_owned())
    }
}
