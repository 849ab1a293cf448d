//! The tokens of a link end, and its identity stays its player's: the account closes, or a backup was put back.

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::store;
use crate::outbound::link_events::{self, NewLinkEvent};
use crate::platform::db::Conn;
use crate::platform::fault::Fault;
use crate::platform::ids::{LinkId, PlayerId};

/// Who ends the tokens, and when. `because` and `reference` are for the audit record.
pub struct TokenStop<'a> {
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub because: &'a str,
    pub reference: &'a str,
}

/// Destroys the tokens of the player's link, if there is one. Call it last, because it may write to the feed.
///
/// The caller has locked the player's row.
pub fn stop_tokens_of(conn: &mut Conn, player: &PlayerId, stop: &TokenStop<'_>) -> Result<(), Fault> {
    match store::link_of(conn, player)? {
        Some(link) => stop_tokens(conn, player, &link.id, stop),
        None => Ok(()),
    }
}

/// Destroys the tokens of one link, with audit record and event if it was active until now.
pub fn stop_tokens(
    conn: &mut Conn,
    player: &PlayerId,
    link: &LinkId,
    stop: &TokenStop<'_>,
) -> Result<(), Fault> {
    if store::drop_tokens(conn, link, stop.at)? != Some(true) {
        return Ok(());
    }
    let record = AuditEvent::new(stop.at, Kind::LinkNeedsReconnect, stop.actor, stop.reference).on(player);
    audit::append_event(conn, &record.with(json!({ "cause": stop.because })))?;
    let event = NewLinkEvent {
        at: stop.at,
        kind: link_events::Kind::ReconnectNeeded,
        player: player.clone(),
        actor: Actor::System,
        cause: None,
    };
    Ok(link_events::record_event(conn, &event)?)
}
