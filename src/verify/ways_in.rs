//! I5: nobody is locked out.

use diesel::prelude::*;

use super::{BATCH, Batch, Tools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, players};

/// A password; a link; or the row of a revoked one, by which the same Amazon account comes back to the same player
/// (S68). Whoever is disabled has no way in on purpose.
pub(super) fn of_every_player(conn: &mut Conn, _: &Tools, after: &str) -> QueryResult<Batch> {
    use players::dsl;
    let rows: Vec<(String, bool, bool, Option<String>)> = dsl::players
        .left_join(amazon_links::table)
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((
            dsl::id,
            dsl::password_sealed.is_not_null(),
            dsl::disabled_at.is_not_null(),
            amazon_links::id.nullable(),
        ))
        .load(conn)?;
    Ok(batch(
        "I5",
        "players",
        rows,
        |row| &row.0,
        |(_, has_password, is_disabled, link)| {
            let has_way_in = *has_password || *is_disabled || link.is_some();
            (!has_way_in).then_some("has neither a password nor a link")
        },
    ))
}
