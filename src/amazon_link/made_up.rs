//! A link to nobody, for `dovetail seed`: rows as heavy as real ones, whose tokens open nothing at Amazon.

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::amazon_link::identity::SealedLink;
use crate::amazon_link::model::Arrived;
use crate::amazon_link::store;
use crate::app::App;
use crate::audit::{self, Actor, Event, Kind};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::words::{LinkId, PlayerId};

/// A link to the made-up customer of this number.
pub struct MadeUpLink(SealedLink);

impl MadeUpLink {
    /// Seals tokens of the usual length.
    pub fn prepare(app: &App, player: &PlayerId, number: u32, at: DateTime<Utc>) -> Result<Self, Fault> {
        let token = |kind: &str| SecretString::from(format!("{kind}|made-up-{number:0>340}"));
        let arrived = Arrived {
            amazon_id: format!("amzn1.account.SEED{number:024}"),
            name: Some(format!("Customer {number}")),
            email: Some(format!("customer{number}@seed.example")),
            client_id: app.config.amazon.client_id.clone(),
            scopes: app.config.amazon.scope.clone(),
            access: token("Atza"),
            refresh: Some(token("Atzr")),
            access_expires_at: at + TimeDelta::hours(1),
        };
        SealedLink::of(&app.vault, &arrived, LinkId::new(at), player, at).map(Self)
    }

    /// Writes the link, and its record as a real one has it: `dovetail verify` holds made-up players too.
    pub fn insert(&self, conn: &mut Conn) -> Result<(), Fault> {
        let Self(link) = self;
        store::insert(conn, link)?;
        let event = Event::new(link.at, Kind::LinkAdded, Actor::System, "dovetail seed").on(&link.player);
        Ok(audit::append(conn, &event)?)
    }
}
