//! Who asks for a player's data, or for its end.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::audit::{Actor, Event, Kind};
use crate::platform::catalogue::Language;
use crate::platform::fault::Fault;
use crate::sessions::Rotation;
use crate::web::{Viewer, Visit};
use crate::words::{PlayerId, SessionId};

/// A player in a browser, or whoever may run commands on the machine.
#[derive(Clone)]
pub struct Asker {
    pub(super) actor: Actor,
    pub(super) at: DateTime<Utc>,
    /// For letters to a player who never chose one.
    pub(super) language: Language,
    /// What must still hold where a session asks.
    pub(super) rotation: Option<Rotation>,
    session: Option<SessionId>,
    reference: String,
    network: Option<String>,
}

impl Asker {
    pub(super) fn player(visit: &Visit, viewer: &Viewer) -> Result<Self, Fault> {
        Ok(Self {
            actor: Actor::Player,
            at: visit.now,
            language: visit.language,
            rotation: Some(Rotation::prepare(viewer)?),
            session: Some(viewer.session.id.clone()),
            reference: visit.reference.to_string(),
            network: Some(visit.caller.network()),
        })
    }

    /// Somebody at the command line.
    pub fn operator(app: &App) -> Self {
        Self {
            actor: Actor::Operator,
            at: app.clock.now(),
            language: Language::English,
            rotation: None,
            session: None,
            reference: "command".to_owned(),
            network: None,
        }
    }

    /// A record of it, with where it came from.
    pub(super) fn record(&self, kind: Kind, player: &PlayerId) -> Event {
        let event = self.bare_record(kind, player);
        let event = match &self.session {
            Some(session) => event.in_session(session),
            None => event,
        };
        match &self.network {
            Some(network) => event.from(network),
            None => event,
        }
    }

    /// A record that says no more than that it happened.
    pub(super) fn bare_record(&self, kind: Kind, player: &PlayerId) -> Event {
        Event::new(self.at, kind, self.actor, &self.reference).on(player)
    }
}
