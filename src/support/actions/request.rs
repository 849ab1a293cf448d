//! Who asks for what, for whom, and why; and whether the player still is what the page showed.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use crate::accounts::players::{self, PlayerCredentials};
use crate::audit::AuditEvent;
use crate::links;
use crate::outbound::mail::{self, MailMessage};
use crate::platform::crypto::vault::Vault;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::{Fault, Stop};
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::support::actions::last_action::newest;
use crate::support::actions::model::{ActionRefusal, Verb, standing};
use crate::support::audit_entry::record;
use crate::web::{CurrentStaffMember, RequestContext, StaffReason};

/// A form that is filled in, for a player there is.
pub(super) struct ActionRequest<'a> {
    pub visit: &'a RequestContext,
    pub staff: &'a CurrentStaffMember,
    pub verb: Verb,
    pub player: PlayerCredentials,
    pub reason: StaffReason,
    /// What the page showed that decides; see [`ActionGuard`].
    pub seen: String,
}

impl ActionRequest<'_> {
    /// The record of it.
    pub fn event(&self) -> AuditEvent {
        record(self.visit, self.staff, self.verb.record()).on(&self.player.id).because(self.reason.as_str())
    }

    /// The letter to the player in the player's language, if there is a proven address. `name` is filled in.
    pub fn letter(&self, kind: mail::Kind, args: &[(&str, &str)]) -> Result<Option<MailMessage>, Fault> {
        let Some(email) = &self.player.email else { return Ok(None) };
        let mut all = vec![self.name()];
        all.extend_from_slice(args);
        let player = Some(&self.player.id);
        MailMessage::write(&self.visit.app, kind, player, email, self.language(), &all).map(Some)
    }

    /// What letters call the player.
    pub fn name(&self) -> (&'static str, &str) {
        ("name", self.player.display_name.as_str())
    }

    /// The player's language.
    pub fn language(&self) -> Language {
        self.player.language.as_deref().and_then(Language::from_tag).unwrap_or(Language::English)
    }

    pub fn guard(&self) -> ActionGuard {
        ActionGuard {
            verb: self.verb,
            player: self.player.id.clone(),
            email: self.player.email.clone(),
            seen: self.seen.clone(),
            vault: Arc::clone(&self.visit.app.vault),
            at: self.visit.now,
        }
    }

    /// Refuses early what will be refused anyway, before anything slow.
    pub async fn is_as_seen(&self) -> Result<(), Stop<ActionRefusal>> {
        let guard = self.guard();
        let is_as_seen = self
            .visit
            .app
            .db
            .read(move |conn| {
                let current = players::store::credentials_by_id(conn, &guard.player)?;
                current.map_or(Ok(false), |current| guard.holds(conn, &current))
            })
            .await?;
        if is_as_seen { Ok(()) } else { Err(Stop::Refused(ActionRefusal::Changed)) }
    }
}

/// Holds a player's row and compares the player with what the page showed: the link's id to unlink it, the standing
/// to change it, else the newest record of the very same verb ([`super::last_action`]).
#[derive(Clone)]
pub(super) struct ActionGuard {
    verb: Verb,
    player: PlayerId,
    /// The address that the letter goes to.
    email: Option<String>,
    seen: String,
    vault: Arc<Vault>,
    at: DateTime<Utc>,
}

impl ActionGuard {
    /// Takes the row for the rest of the transaction; everything after it is decided alone. Gives the player as they
    /// are now.
    pub fn hold(&self, conn: &mut Conn) -> Result<PlayerCredentials, Stop<ActionRefusal>> {
        let is_held = players::store::hold_whoever(conn, &self.player)?;
        let current = players::store::credentials_by_id(conn, &self.player)?.filter(|_| is_held);
        let current = current.ok_or(Stop::Refused(ActionRefusal::Unknown))?;
        if !self.holds(conn, &current)? {
            return Err(Stop::Refused(ActionRefusal::Changed));
        }
        Ok(current)
    }

    fn holds(&self, conn: &mut Conn, current: &PlayerCredentials) -> QueryResult<bool> {
        let shown = match self.verb {
            Verb::UnlinkAmazon => {
                links::summary(conn, &self.player)?.map_or_else(String::new, |link| link.id.to_string())
            }
            Verb::Disable | Verb::Enable => standing(current.is_disabled).to_owned(),
            Verb::CheckLink | Verb::EndSessions | Verb::SendReset | Verb::Note => {
                newest(conn, &self.vault, &self.player, self.verb.record(), self.at)?
                    .map_or_else(String::new, |record| record.id)
            }
        };
        Ok(shown == self.seen && current.email == self.email)
    }
}
