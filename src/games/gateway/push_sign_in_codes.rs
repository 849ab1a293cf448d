//! Tells the connections that show a code for signing in what became of it.
//!
//! A TV may have no player, so the connection itself remembers the code. The message holds no token: the game takes the
//! outcome up by its request, with an answer that belongs to it.

use crate::app::App;
use crate::games::connection_registry::ConnectionRegistry;
use crate::games::devices::{self, SignInCodeState};
use crate::games::protocol::PushMessage;
use crate::games::requests::sign_in_by_code::state_response;
use crate::platform::fault::Fault;

/// Tells each connection of this copy once. The cost grows with the codes that are shown, never with the players.
pub(super) async fn push_sign_in_codes(app: &App, connections: &ConnectionRegistry) -> Result<(), Fault> {
    let watched = connections.watched_codes();
    if watched.is_empty() {
        return Ok(());
    }
    let ids = watched.iter().map(|(_, code)| code.id.clone()).collect();
    for (id, state) in devices::states_of_sign_in_codes(app, ids).await? {
        if state == SignInCodeState::Pending {
            continue;
        }
        for (connection, code) in watched.iter().filter(|(_, code)| code.id == id) {
            let message = PushMessage::SignInByCode(state_response(&code.linking_id, state));
            connection.tell_of_code(&id, &message);
        }
    }
    Ok(())
}
