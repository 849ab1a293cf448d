//! Tells the connections of a player that the name or the link has changed, wherever that happened.
//!
//! A change may be made on another copy of the program, in a browser, or by Amazon. Each copy therefore looks once a
//! second at the players of its own connections. The cost grows with them, never with the other players.

use std::collections::HashMap;

use crate::accounts::players;
use crate::app::App;
use crate::games::connection_registry::ConnectionRegistry;
use crate::games::protocol::{ChangedAccount, LinkDetails, PushMessage};
use crate::games::requests::external_ids::external_ids;
use crate::links::{self, LinkSummaryRow};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;

/// Players that are read with one query.
const CHUNK: usize = 500;

/// What the connected players were called and linked to at the last look.
#[derive(Default)]
pub(super) struct AccountChangePusher {
    known: HashMap<PlayerId, AccountFacts>,
}

#[derive(PartialEq, Eq)]
struct AccountFacts {
    display_name: String,
    /// Amazon id, state, and whether the portal can refresh its tokens.
    link: Option<(String, &'static str, bool)>,
}

impl AccountChangePusher {
    /// Pushes each change once to the connected players. A player who has just come is told nothing.
    pub async fn push_changes(&mut self, app: &App, connections: &ConnectionRegistry) -> Result<(), Fault> {
        let connected = connections.players();
        self.known.retain(|player, _| connected.binary_search(player).is_ok());
        if connected.is_empty() {
            return Ok(());
        }
        let found = app
            .db
            .read(move |conn| {
                let mut found = Vec::with_capacity(connected.len());
                for chunk in connected.chunks(CHUNK) {
                    let names = players::store::display_names(conn, chunk)?;
                    let mut of_chunk: HashMap<PlayerId, LinkSummaryRow> =
                        links::summaries(conn, chunk)?.into_iter().collect();
                    found.extend(names.into_iter().map(|(player, name)| {
                        let link = of_chunk.remove(&player);
                        (player, name, link)
                    }));
                }
                Ok(found)
            })
            .await?;
        for (player, display_name, link) in found {
            let link_facts =
                link.as_ref().map(|link| (link.amazon_id.clone(), link.state.as_str(), link.is_renewable));
            let facts = AccountFacts { display_name: display_name.clone(), link: link_facts };
            let Some(before) = self.known.insert(player.clone(), facts) else { continue };
            if self.known.get(&player) == Some(&before) {
                continue;
            }
            let message = PushMessage::AccountChanged(ChangedAccount {
                user_id: player.clone(),
                display_name,
                external_ids: external_ids(link.as_ref()),
                amazon_link: link
                    .map(|link| LinkDetails { state: link.state.as_str(), renewable: link.is_renewable }),
            });
            connections.push(&player, None, &message);
        }
        Ok(())
    }
}
