//! What players are told unasked: how their linking by code ended.
//!
//! The linking may have been asked for on one copy, followed by another, and the player's sockets may be open on a
//! third. So each copy looks once a second at what ended lately, and tells those who are connected to it. The
//! question grows with what ended, never with the players.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use super::connection_registry::ConnectionRegistry;
use crate::app::App;
use crate::games::protocol::PushMessage;
use crate::games::requests::amazon_link_by_code::ended;
use crate::links::device_flow;
use crate::platform::fault::Fault;

/// How long a game that was cut off may take to come back and still be told.
const LATELY: TimeDelta = TimeDelta::minutes(1);

/// What this copy has told.
#[derive(Default)]
pub(super) struct LinkResultPusher {
    told: HashMap<String, DateTime<Utc>>,
}

impl LinkResultPusher {
    /// Tells the connected players what they were not told yet, once.
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
            let message = PushMessage::AmazonLinkByCode(ended(linking.id.clone(), linking.outcome));
            if sockets.push(&linking.player, &message) > 0 {
                self.told.insert(linking.id, now);
            }
        }
        Ok(())
    }
}
