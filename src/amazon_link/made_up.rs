//! Links of a made-up population (`dovetail seed`): rows shaped like real ones, whose tokens open nothing at
//! Amazon.

use chrono::TimeDelta;
use secrecy::SecretString;

use crate::amazon_link::identity::SealedLink;
use crate::amazon_link::model::Arrived;
use crate::amazon_link::store;
use crate::app::App;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::words::{LinkId, PlayerId};

/// A made-up link about to be written.
pub struct MadeUpLink(SealedLink);

impl MadeUpLink {
    /// Links `player` with the made-up customer of this number.
    pub fn of(app: &App, player: &PlayerId, number: u32) -> Result<Self, Fault> {
        let at = app.clock.now();
        let arrived = Arrived {
            amazon_id: format!("amzn1.account.SEED{number:024}"),
            name: Some(format!("Customer {number}")),
            email: Some(format!("customer{number}@seed.example")),
            client_id: app.config.amazon.client_id.clone(),
            scopes: app.config.amazon.scope.clone(),
            access: SecretString::from("Atza|made-up"),
            refresh: Some(SecretString::from("Atzr|made-up")),
            access_expires_at: at + TimeDelta::hours(1),
        };
        SealedLink::of(&app.vault, &arrived, LinkId::new(at), player, at).map(Self)
    }

    /// Writes the link. A unique violation means that the player, or the customer, has one already.
    pub fn write(&self, conn: &mut Conn) -> QueryResult<()> {
        store::insert(conn, &self.0)
    }
}
