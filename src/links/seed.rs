//! Generated links for `dovetail seed`: rows of realistic size, with tokens that are invalid at Amazon.
//!
//! Some of the links have ended.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::identity::SealedLink;
use crate::links::model::{Cause, ExchangedIdentity};
use crate::links::store::{self, Ending};
use crate::platform::crypto::keys::{LookupHasher, LookupPurpose};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::{LinkId, PlayerId};

/// A link to the generated customer of this number.
pub struct MadeUpLink(SealedLink);

impl MadeUpLink {
    /// Seals tokens of realistic length.
    pub fn prepare(app: &App, player: &PlayerId, number: u32, at: DateTime<Utc>) -> Result<Self, Fault> {
        let token = |kind: &str| SecretString::from(format!("{kind}|made-up-{number:0>340}"));
        let identity = ExchangedIdentity {
            amazon_id: format!("amzn1.account.SEED{number:024}"),
            name: Some(format!("Customer {number}")),
            email: Some(format!("customer{number}@seed.example")),
            postal_code: None,
            client_id: app.config.amazon.client_id.clone(),
            scopes: app.config.amazon.scope.clone(),
            access: token("Atza"),
            refresh: Some(token("Atzr")),
            access_expires_at: at + TimeDelta::hours(1),
        };
        SealedLink::of(&app.vault, &identity, LinkId::new(at), player, at).map(Self)
    }

    /// Writes the link and its audit record, because `dovetail verify` checks generated players too.
    pub fn insert(&self, conn: &mut Conn) -> Result<(), Fault> {
        store::insert_link(conn, &self.0)?;
        self.record(conn, Kind::LinkAdded, self.0.at)
    }

    /// Ends the link one millisecond after it began, as its player would.
    pub fn end(&self, conn: &mut Conn, hasher: &LookupHasher) -> Result<(), Fault> {
        let at = self.0.at + TimeDelta::milliseconds(1);
        let ending = Ending { actor: Actor::Player, cause: Cause::UnlinkedByPlayer, at };
        store::end_link(conn, &self.0.id, &ending, &|id| hasher.hash(LookupPurpose::FormerIdentity, id))?;
        self.record(conn, Kind::LinkRemoved, at)
    }

    fn record(&self, conn: &mut Conn, kind: Kind, at: DateTime<Utc>) -> Result<(), Fault> {
        let event = AuditEvent::new(at, kind, Actor::System, "dovetail seed").on(&self.0.player);
        Ok(audit::append_event(conn, &event)?)
    }
}
