//! What Amazon says of its customer today is stored, and the display name follows it.
//!
//! Nothing else of the account follows. An address that changed is offered to the player by `links::email_offer`.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::model::{DueProfile, PROFILE_EVERY, TokensFrom};
use crate::links::store;
use crate::lwa::Profile;
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::platform::db::Conn;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::platform::name::{DisplayName, ReservedNames};

/// A profile, ready to be written.
pub(in crate::links) struct FollowedProfile {
    link: DueProfile,
    profile: Profile,
    /// Amazon's name, cleaned.
    name: Option<DisplayName>,
    email_key: Option<String>,
    at: DateTime<Utc>,
}

impl FollowedProfile {
    pub fn prepare(app: &App, link: DueProfile, profile: Profile) -> Self {
        let reserved = ReservedNames::new(&app.config.site.name);
        let name = profile.name.as_deref().and_then(|name| DisplayName::from_upstream(name, &reserved));
        let email = profile.email.as_deref();
        let email = email.and_then(|text| EmailAddress::parse(text, LocalPart::Ascii).ok());
        let email_key = email.map(|email| email.key().to_owned());
        Self { link, profile, name, email_key, at: app.clock.now() }
    }

    /// Stores the profile, lets the display name follow, and tells game servers if it did.
    ///
    /// Nothing is written for a link that has other tokens than those the profile was read with.
    pub fn write(&self, conn: &mut Conn) -> Result<(), Fault> {
        let (player, at) = (&self.link.player, self.at);
        if !players::store::lock_player(conn, player)? {
            return Ok(());
        }
        let mut profile = self.profile.clone();
        // A game's player never sees an address that another player has proven here.
        if let (TokensFrom::Presented, Some(key)) = (self.link.tokens_from, &self.email_key)
            && players::store::is_email_anothers(conn, key, player)?
        {
            profile.email = None;
        }
        if !store::store_profile(conn, &self.link, &profile, at + PROFILE_EVERY)? {
            return Ok(());
        }
        let Some(name) = &self.name else { return Ok(()) };
        if !players::store::sync_display_name(conn, player, name)? {
            return Ok(());
        }
        let record = AuditEvent::new(at, Kind::ProfileChanged, Actor::Amazon, "refresher").on(player);
        audit::append_event(conn, &record.with(json!({ "follows": "amazon" })))?;
        let (kind, player) = (link_events::Kind::ProfileChanged, player.clone());
        let event = NewLinkEvent { at, kind, player, actor: Actor::Amazon, cause: None };
        Ok(link_events::record_event(conn, &event)?)
    }
}
