//! Who requests a player's data, or its erasure.

use chrono::{DateTime, Utc};

use crate::accounts::sign_in::ClosingProof;
use crate::app::App;
use crate::audit::{Actor, AuditEvent, Kind};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::sessions::SessionOrigin;
use crate::sessions::browser::SessionRotation;
use crate::web::{CurrentPlayer, RequestContext};

/// A player in a browser, or an operator at the command line.
#[derive(Clone)]
pub struct PrivacyRequester {
    /// The audit event of an export, still without the player whose data it is.
    pub(super) export_event: AuditEvent,
    /// The language of mail to a player who never chose one.
    pub(super) language: Language,
    /// The rotation of the requesting session, which fails once that session has ended.
    pub(super) rotation: Option<SessionRotation>,
    /// The session that requests an export.
    pub(super) origin: Option<SessionOrigin>,
    /// The sign-in to an account that closes, which opened no session.
    pub(super) closing: Option<ClosingProof>,
    /// Whether only an account is erased whose time to keep it is over.
    pub(super) only_if_due: bool,
}

impl PrivacyRequester {
    pub(super) fn player(context: &RequestContext, current_player: &CurrentPlayer) -> Result<Self, Fault> {
        Ok(Self {
            export_event: context.player_event(current_player, Kind::DataExported),
            language: context.language,
            rotation: Some(SessionRotation::prepare(current_player)?),
            origin: Some(SessionOrigin::of_browser(current_player)),
            closing: None,
            only_if_due: false,
        })
    }

    /// An operator at the command line.
    pub fn operator(app: &App) -> Self {
        Self {
            export_event: AuditEvent::of_operator(app.clock.now(), Kind::DataExported),
            language: Language::English,
            rotation: None,
            origin: None,
            closing: None,
            only_if_due: false,
        }
    }

    /// The player of an account that closes, who has just signed in.
    pub(super) fn closing(context: &RequestContext, proof: ClosingProof) -> Self {
        let event = context.audit_event(Kind::DataExported, Actor::Player).on(proof.player());
        Self {
            export_event: event,
            language: context.language,
            rotation: None,
            origin: None,
            closing: Some(proof),
            only_if_due: false,
        }
    }

    /// The cleanup, which erases what is due.
    pub(super) fn due(at: DateTime<Utc>) -> Self {
        Self {
            export_event: AuditEvent::new(at, Kind::DataExported, Actor::System, "janitor"),
            language: Language::English,
            rotation: None,
            origin: None,
            closing: None,
            only_if_due: true,
        }
    }

    pub(super) fn actor(&self) -> Actor {
        self.export_event.actor
    }

    pub(super) fn at(&self) -> DateTime<Utc> {
        self.export_event.at
    }

    /// The audit event of an erasure, which keeps neither session nor network nor browser.
    pub(super) fn erasure_event(&self, player: &PlayerId) -> AuditEvent {
        let reference = &self.export_event.reference;
        AuditEvent::new(self.at(), Kind::AccountErased, self.actor(), reference).on(player)
    }
}
