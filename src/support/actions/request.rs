//! A request of support, and the check that the player has not changed since the page was shown.

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
use crate::support::staff;
use crate::web::{CurrentStaffMember, RequestContext, StaffReason};

/// A form with a valid reason, for a player who exists.
pub(in crate::support) struct ActionRequest<'a> {
    pub context: &'a RequestContext,
    pub staff: &'a CurrentStaffMember,
    pub verb: Verb,
    pub player: PlayerCredentials,
    pub reason: StaffReason,
    /// The state that the page showed; see [`ActionGuard`].
    pub seen: String,
}

impl ActionRequest<'_> {
    /// The audit record of the action.
    pub fn event(&self) -> AuditEvent {
        self.context
            .staff_event(self.staff, self.verb.record())
            .on(&self.player.id)
            .because(self.reason.as_str())
    }

    /// The mail in the player's language, if there is a confirmed address.
    pub fn message(&self, kind: mail::Kind, args: &[(&str, &str)]) -> Result<Option<MailMessage>, Fault> {
        MailMessage::compose(&self.context.app, kind, &self.player.as_recipient(Language::English), args)
    }

    pub fn guard(&self) -> ActionGuard {
        ActionGuard {
            verb: self.verb,
            staff: self.staff.clone(),
            player: self.player.id.clone(),
            email: self.player.email.clone(),
            seen: self.seen.clone(),
            vault: Arc::clone(&self.context.app.vault),
            at: self.context.now,
        }
    }

    /// Asks the guard before slow work, so that nothing is begun for an outdated form or an ended session.
    pub async fn is_as_seen(&self) -> Result<(), Stop<ActionRefusal>> {
        let guard = self.guard();
        self.context.app.db.write_or_refuse(move |conn| guard.hold(conn).map(drop)).await
    }
}

/// Locks a player's row, asks whether the member of staff may still act, and compares the player with what the page
/// showed.
///
/// To unlink it compares the link's id, to disable or enable the state. The other actions compare the newest audit
/// record of the same action ([`super::last_action`]).
#[derive(Clone)]
pub(in crate::support) struct ActionGuard {
    verb: Verb,
    staff: CurrentStaffMember,
    player: PlayerId,
    /// The address that the mail goes to.
    email: Option<String>,
    seen: String,
    vault: Arc<Vault>,
    at: DateTime<Utc>,
}

impl ActionGuard {
    /// Locks the row until the transaction ends, and returns the player's present credentials.
    pub fn hold(&self, conn: &mut Conn) -> Result<PlayerCredentials, Stop<ActionRefusal>> {
        if !staff::hold(conn, &self.staff, self.verb.permission(), self.at)? {
            return Err(Stop::Refused(ActionRefusal::Changed));
        }
        let is_held = players::store::lock_any_player(conn, &self.player)?;
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
