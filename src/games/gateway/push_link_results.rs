//! Pushes the result of linking by code to the player's connections.
//!
//! A linking may be requested on one copy, polled by another, and the player's sockets may be open on a
//! third. Each copy therefore looks once a second for recently ended linkings and tells its own connections.
//! The cost grows with the ended linkings, never with the players.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection_registry::ConnectionRegistry;
use crate::app::App;
use crate::games::protocol::PushMessage;
use crate::games::requests::amazon_link_by_code::ended_response;
use crate::links::device_flow;
use crate::platform::fault::Fault;

/// How long after its end a result is still pushed to a game that reconnects.
const LATELY: TimeDelta = TimeDelta::minutes(1);

/// The results that this copy has pushed.
#[derive(Default)]
pub(super) struct LinkResultPusher {
    told: HashMap<String, DateTime<Utc>>,
}

impl LinkResultPusher {
    /// Pushes each recent result once to the connected players.
    pub async fn tell(&mut self, app: &App, sockets: &ConnectionRegistry) -> Result<(), Fault> {
        if sockets.is_empty() {
            return Ok(());
        }
        let now = app.clock.now();
        self.told.retain(|_, at| now - *at <= LATELY);
        for linking in device_flow::ended_since(app, now - LATELY).await? {
            if self.told.contains_key(&linking.id) {
                continue;
            }
            let message = PushMessage::AmazonLinkByCode(ended_response(linking.id.clone(), linking.outcome));
            if sockets.push(&linking.player, &message) > 0 {
                self.told.insert(linking.id, now);
            }
        }
        Ok(())
    }
}
