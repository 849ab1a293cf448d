//! Who asks for a player's data, or for its end.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::audit::{Actor, Event, Kind};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::browser::Rotation;
use crate::web::{Viewer, Visit};

/// A player in a browser, or whoever may run commands on the machine.
#[derive(Clone)]
pub struct Asker {
    pub(super) actor: Actor,
    pub(super) at: DateTime<Utc>,
    /// For letters to a player who never chose one.
    pub(super) language: Language,
    /// What must still hold where a session asks.
    pub(super) rotation: Option<Rotation>,
    reference: String,
    place: Option<Place>,
}

/// Where a player sits.
#[derive(Clone)]
struct Place {
    session: SessionId,
    network: String,
    browser: String,
}

impl Asker {
    pub(super) fn player(visit: &Visit, viewer: &Viewer) -> Result<Self, Fault> {
        Ok(Self {
            actor: Actor::Player,
            at: visit.now,
            language: visit.language,
            rotation: Some(Rotation::prepare(viewer)?),
            reference: visit.reference.to_string(),
            place: Some(Place {
                session: viewer.session.id.clone(),
                network: visit.caller.network(),
                browser: visit.caller.browser.clone(),
            }),
        })
    }

    /// Somebody at the command line.
    pub fn operator(app: &App) -> Self {
        Self {
            actor: Actor::Operator,
            at: app.clock.now(),
            language: Language::English,
            rotation: None,
            reference: "command".to_owned(),
            place: None,
        }
    }

    /// A record of it, with where it came from.
    pub(super) fn record(&self, kind: Kind, player: &PlayerId) -> Event {
        let event = self.bare_record(kind, player);
        match &self.place {
            Some(Place { session, network, browser }) => {
                event.in_session(session).from(network).in_browser(browser)
            }
            None => event,
        }
    }

    /// A record that says no more than that it happened.
    pub(super) fn bare_record(&self, kind: Kind, player: &PlayerId) -> Event {
        Event::new(self.at, kind, self.actor, &self.reference).on(player)
    }
}
