//! Who requests a player's data, or its erasure.

use chrono::{DateTime, Utc};

use crate::app::App;
use crate::audit::{Actor, AuditEvent, Kind};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::browser::SessionRotation;
use crate::web::{CurrentPlayer, RequestContext};

/// A player in a browser, or an operator at the command line.
#[derive(Clone)]
pub struct PrivacyRequester {
    pub(super) actor: Actor,
    pub(super) at: DateTime<Utc>,
    /// The language of mail to a player who never chose one.
    pub(super) language: Language,
    /// The rotation of the requesting session, which fails once that session has ended.
    pub(super) rotation: Option<SessionRotation>,
    reference: String,
    place: Option<RequesterPlace>,
}

/// The session, network and browser of a player's request.
#[derive(Clone)]
struct RequesterPlace {
    session: SessionId,
    network: String,
    browser: String,
}

impl PrivacyRequester {
    pub(super) fn player(visit: &RequestContext, viewer: &CurrentPlayer) -> Result<Self, Fault> {
        Ok(Self {
            actor: Actor::Player,
            at: visit.now,
            language: visit.language,
            rotation: Some(SessionRotation::prepare(viewer)?),
            reference: visit.reference.to_string(),
            place: Some(RequesterPlace {
                session: viewer.session.id.clone(),
                network: visit.caller.network(),
                browser: visit.caller.browser.clone(),
            }),
        })
    }

    /// An operator at the command line.
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

    /// An audit record with the session, network and browser of the request.
    pub(super) fn record(&self, kind: Kind, player: &PlayerId) -> AuditEvent {
        let event = self.bare_record(kind, player);
        match &self.place {
            Some(RequesterPlace { session, network, browser }) => {
                event.in_session(session).from(network).in_browser(browser)
            }
            None => event,
        }
    }

    /// An audit record without session, network and browser.
    pub(super) fn bare_record(&self, kind: Kind, player: &PlayerId) -> AuditEvent {
        AuditEvent::new(self.at, kind, self.actor, &self.reference).on(player)
    }
}
