//! Queries on links that have ended.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::audit::Actor;
use crate::links::model::Cause;
use crate::platform::db::schema::{amazon_links, former_links};
use crate::platform::db::{Conn, UtcTime, new_id};
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::ledger::{Ended, note_end};

/// The end of a link, for its history.
#[derive(Clone)]
pub(in crate::links) struct Ending {
    pub actor: Actor,
    pub cause: Cause,
    pub at: DateTime<Utc>,
}

/// Ends a link: deletes its row with the tokens and writes its history. False if it was gone.
///
/// The history stores the identity as a keyed hash only.
pub(in crate::links) fn end_link(
    conn: &mut Conn,
    link: &LinkId,
    ending: &Ending,
    hash_of: &dyn Fn(&str) -> String,
) -> QueryResult<bool> {
    use amazon_links::dsl;
    let gone: Option<(PlayerId, String, UtcTime)> =
        diesel::delete(dsl::amazon_links.filter(dsl::id.eq(link)))
            .returning((dsl::player_id, dsl::amazon_id, dsl::linked_at))
            .get_result(conn)
            .optional()?;
    let Some((player, amazon_id, linked_at)) = gone else { return Ok(false) };
    note_end(Ended::Link, link.as_str(), ending.at);
    diesel::insert_into(former_links::table)
        .values((
            former_links::id.eq(new_id(ending.at)),
            former_links::player_id.eq(player),
            former_links::amazon_id_hash.eq(hash_of(&amazon_id)),
            former_links::linked_at.eq(linked_at),
            former_links::ended_at.eq(UtcTime::from(ending.at)),
            former_links::actor.eq(ending.actor),
            former_links::cause.eq(ending.cause),
        ))
        .execute(conn)?;
    Ok(true)
}

/// How the player's last link ended.
pub(in crate::links) fn last_end(
    conn: &mut Conn,
    player: &PlayerId,
) -> QueryResult<Option<(Cause, DateTime<Utc>)>> {
    former_links::table
        .filter(former_links::player_id.eq(player))
        .order((former_links::ended_at.desc(), former_links::id.desc()))
        .select((former_links::cause, former_links::ended_at))
        .first(conn)
        .optional()
}
