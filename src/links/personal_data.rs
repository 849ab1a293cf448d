//! The personal data of this feature, for export and erasure.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::{amazon_links, former_links, link_attempts};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// The link, without its tokens.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedLink {
    id: String,
    amazon_id: String,
    client_id: String,
    scopes: String,
    state: String,
    state_since: UtcTime,
    state_cause: Option<String>,
    amazon_name: Option<String>,
    amazon_email: Option<String>,
    tokens_from: String,
    access_token_expires_at: Option<UtcTime>,
    linked_at: UtcTime,
    checked_at: UtcTime,
    next_check_at: UtcTime,
}

/// A link that has ended. Its identity is stored as a keyed hash only.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedFormerLink {
    pub id: String,
    linked_at: UtcTime,
    ended_at: UtcTime,
    ended_by: String,
    cause: String,
}

/// An open attempt. Its identity stays sealed and is not exported.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedAttempt {
    pub id: String,
    purpose: String,
    stage: String,
    next: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

pub fn link(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<ExportedLink>> {
    use amazon_links::dsl;
    dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select((
            dsl::id,
            dsl::amazon_id,
            dsl::client_id,
            dsl::scopes,
            dsl::state,
            dsl::state_since,
            dsl::state_cause,
            dsl::amazon_name,
            dsl::amazon_email,
            dsl::tokens_from,
            dsl::access_token_expires_at,
            dsl::linked_at,
            dsl::checked_at,
            dsl::next_check_at,
        ))
        .first(conn)
        .optional()
}

/// At most `limit` former links with an id above `after`.
pub fn former_links(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedFormerLink>> {
    use former_links::dsl;
    dsl::former_links
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::linked_at, dsl::ended_at, dsl::actor, dsl::cause))
        .load(conn)
}

/// At most `limit` attempts with an id above `after`.
pub fn trips(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedAttempt>> {
    use link_attempts::dsl;
    dsl::link_attempts
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::purpose, dsl::stage, dsl::next, dsl::created_at, dsl::expires_at))
        .load(conn)
}

/// Deletes the link with its tokens, without a history row.
///
/// Attempts that returned the same identity are deleted too, whichever player began them.
pub fn erase(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let link = amazon_links::table.filter(amazon_links::player_id.eq(player));
    let identities: Vec<String> = link.select(amazon_links::amazon_id).load(conn)?;
    let trips = link_attempts::table.filter(link_attempts::amazon_id.eq_any(identities));
    diesel::delete(trips).execute(conn)?;
    diesel::delete(amazon_links::table.filter(amazon_links::player_id.eq(player))).execute(conn).map(drop)
}
