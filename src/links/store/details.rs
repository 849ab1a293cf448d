//! Present and former links, as the support pages show them.

use diesel::prelude::*;

use crate::links::model::{FormerLink, LinkDetails};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, former_links};
use crate::platform::ids::PlayerId;

/// The player's link, in any state.
pub fn details(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<LinkDetails>> {
    use amazon_links::dsl;
    dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select(LinkDetails::as_select())
        .first(conn)
        .optional()
}

/// The player's former links, newest end first, at most `limit`.
pub fn former_of(conn: &mut Conn, player: &PlayerId, limit: i64) -> QueryResult<Vec<FormerLink>> {
    use former_links::dsl;
    dsl::former_links
        .filter(dsl::player_id.eq(player))
        .order((dsl::ended_at.desc(), dsl::id.desc()))
        .limit(limit)
        .select(FormerLink::as_select())
        .load(conn)
}
