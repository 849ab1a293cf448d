//! The queries of the search; one index answers each (`tests/portal/search_plans.rs`).

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::dsl::max;
use diesel::prelude::*;

use crate::links::LinkState;
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, former_links, players};
use crate::platform::ids::PlayerId;
use crate::support::search::list::ListPosition;
use crate::support::search::model::NameQuery;

/// What a result shows of a player, before masking.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = players)]
pub(super) struct PlayerCard {
    pub id: PlayerId,
    /// Empty for a player from a device without a name.
    pub display_name: String,
    pub display_name_key: String,
    pub user_name: Option<String>,
    pub email: Option<String>,
    pub disabled_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    #[diesel(embed)]
    pub link: Option<LinkCard>,
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct LinkCard {
    pub amazon_id: String,
    pub state: LinkState,
    #[diesel(column_name = state_since)]
    pub since: DateTime<Utc>,
}

/// The player whose link has this Amazon id, in any state of the link.
pub(super) fn by_amazon_id(conn: &mut Conn, amazon_id: &str) -> QueryResult<Option<PlayerId>> {
    use amazon_links::dsl;
    dsl::amazon_links.filter(dsl::amazon_id.eq(amazon_id)).select(dsl::player_id).first(conn).optional()
}

/// At most `most` players with a former link to the identity of this hash, and when it ended; the latest first.
pub(super) fn by_former_identity(
    conn: &mut Conn,
    hash: &str,
    most: i64,
) -> QueryResult<Vec<(PlayerId, DateTime<Utc>)>> {
    use former_links::dsl;
    let rows: Vec<(PlayerId, Option<DateTime<Utc>>)> = dsl::former_links
        .filter(dsl::amazon_id_hash.eq(hash))
        .group_by(dsl::player_id)
        .select((dsl::player_id, max(dsl::ended_at)))
        .order((max(dsl::ended_at).desc(), dsl::player_id))
        .limit(most)
        .load(conn)?;
    Ok(rows.into_iter().filter_map(|(player, ended_at)| Some((player, ended_at?))).collect())
}

/// The player with this confirmed address.
pub(super) fn by_email(conn: &mut Conn, email_key: &str) -> QueryResult<Option<PlayerId>> {
    use players::dsl;
    dsl::players.filter(dsl::email_key.eq(email_key)).select(dsl::id).first(conn).optional()
}

pub(super) fn by_user_name(conn: &mut Conn, user_name_key: &str) -> QueryResult<Option<PlayerId>> {
    use players::dsl;
    dsl::players.filter(dsl::user_name_key.eq(user_name_key)).select(dsl::id).first(conn).optional()
}

/// The first `most` of these names, in byte order on both databases: `COLLATE "C"`, and the default of SQLite.
pub(super) fn by_name(conn: &mut Conn, names: &NameQuery, most: i64) -> QueryResult<Vec<ListPosition>> {
    use players::dsl;
    let mut query = dsl::players
        .filter(dsl::display_name_key.ge(&names.from))
        .order((dsl::display_name_key, dsl::id))
        .select((dsl::display_name_key, dsl::id))
        .limit(most)
        .into_boxed();
    if let Some(below) = &names.below {
        query = query.filter(dsl::display_name_key.lt(below));
    }
    let rows: Vec<(String, String)> = query.load(conn)?;
    Ok(rows.into_iter().map(|(key, id)| ListPosition { key, id }).collect())
}

/// The cards of these players by id; a player who was deleted meanwhile is left out.
pub(super) fn cards(conn: &mut Conn, ids: &[PlayerId]) -> QueryResult<HashMap<PlayerId, PlayerCard>> {
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let cards: Vec<PlayerCard> = players::table
        .left_join(amazon_links::table)
        .filter(players::id.eq_any(ids))
        .select(PlayerCard::as_select())
        .load(conn)?;
    Ok(cards.into_iter().map(|card| (card.id.clone(), card)).collect())
}
