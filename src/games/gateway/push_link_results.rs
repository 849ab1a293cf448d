//! Pushes the result of linking by code to the player's connections.
//!
//! A linking may be requested on one copy, polled by another, and the player's sockets may be open on a
//! third. Each copy therefore looks once a second for recently ended linkings, for its own connections.
//! The cost grows with the ended linkings, never with the players.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::games::connection_registry::ConnectionRegistry;
use crate::games::protocol::PushMessage;
use crate::games::requests::amazon_link_by_code::{ended_response, names_response};
use crate::links::device_flow;
use crate::platform::fault::Fault;

/// How long after its end a result is still pushed to a game that reconnects.
const PUSH_WITHIN: TimeDelta = TimeDelta::minutes(1);

/// The results that this copy has pushed, by linking and state.
#[derive(Default)]
pub(super) struct LinkResultPusher {
    pushed: HashMap<(String, &'static str), DateTime<Utc>>,
}

impl LinkResultPusher {
    /// Pushes each recent result once to the connected players.
    pub async fn push_results(&mut self, app: &App, connections: &ConnectionRegistry) -> Result<(), Fault> {
        if connections.is_empty() {
            return Ok(());
        }
        let now = app.clock.now();
        self.pushed.retain(|_, at| now - *at <= PUSH_WITHIN);
        for waiting in device_flow::waiting_since(app, now - PUSH_WITHIN).await? {
            let key = (waiting.id.clone(), "confirm");
            if self.pushed.contains_key(&key) {
                continue;
            }
            let message = PushMessage::AmazonLinkByCode(names_response(waiting.id, waiting.names));
            // Only the session that asked may confirm.
            if connections.push(&waiting.player, waiting.session.as_ref(), &message) > 0 {
                self.pushed.insert(key, now);
            }
        }
        for linking in device_flow::ended_since(app, now - PUSH_WITHIN).await? {
            let key = (linking.id.clone(), "ended");
            if self.pushed.contains_key(&key) {
                continue;
            }
            let message = PushMessage::AmazonLinkByCode(ended_response(linking.id, linking.outcome));
            if connections.push(&linking.player, None, &message) > 0 {
                self.pushed.insert(key, now);
            }
        }
        Ok(())
    }
}
