//! The personal data of this feature, for export and erasure.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::schema::{amazon_links, former_links, link_attempts, link_undos};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// The link, without its tokens.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
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
    amazon_postal_code: Option<String>,
    amazon_email_known: Option<String>,
    tokens_from: String,
    made_by: String,
    confirmed_at: Option<UtcTime>,
    made_in: Option<String>,
    made_on: Option<String>,
    made_from: Option<String>,
    access_token_expires_at: Option<UtcTime>,
    linked_at: UtcTime,
    checked_at: UtcTime,
    next_check_at: UtcTime,
}

/// A link that has ended. Its identity is stored as a keyed hash only.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = former_links)]
pub struct ExportedFormerLink {
    pub id: String,
    linked_at: UtcTime,
    ended_at: UtcTime,
    #[diesel(column_name = actor)]
    ended_by: String,
    cause: String,
}

exported_rows!(ExportedFormerLink, former_links);

/// An open attempt. Its identity stays sealed and is not exported.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = link_attempts)]
pub struct ExportedAttempt {
    pub id: String,
    purpose: String,
    stage: String,
    next: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedAttempt, link_attempts);

/// A token by which the owner of the Amazon account may undo a link by code.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = link_undos)]
pub struct ExportedLinkUndo {
    pub id: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedLinkUndo, link_undos);

pub fn link(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<ExportedLink>> {
    use amazon_links::dsl;
    dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select(ExportedLink::as_select())
        .first(conn)
        .optional()
}

/// Deletes the link with its tokens, without a history row.
///
/// Attempts that returned the same identity are deleted too, whichever player began them.
pub fn erase(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let link = amazon_links::table.filter(amazon_links::player_id.eq(player));
    let identities: Vec<String> = link.select(amazon_links::amazon_id).load(conn)?;
    let attempts = link_attempts::table.filter(link_attempts::amazon_id.eq_any(identities));
    diesel::delete(attempts).execute(conn)?;
    diesel::delete(amazon_links::table.filter(amazon_links::player_id.eq(player))).execute(conn).map(drop)
}
