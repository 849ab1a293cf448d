//! The mails stored about a player, for the export and the erasure of the account.

use diesel::prelude::*;
use serde::Serialize;

use crate::outbound::mail::message::Kind;
use crate::platform::db::schema::mails::{self, dsl};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A mail to the player. Its text may hold a code; it is not exported, and is deleted once the mail is sent.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = mails)]
pub struct ExportedMail {
    pub id: String,
    kind: String,
    #[diesel(column_name = recipient)]
    to: String,
    subject: String,
    attempts: i64,
    created_at: UtcTime,
    sent_at: Option<UtcTime>,
    failed_at: Option<UtcTime>,
}

/// At most `limit` mails after the id `after`: the player's, and mails to `addresses` that belong to no player.
pub fn mails(
    conn: &mut Conn,
    player: &PlayerId,
    addresses: &[String],
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedMail>> {
    let to_nobody = dsl::player_id.is_null().and(dsl::recipient.eq_any(addresses));
    dsl::mails
        .filter(dsl::player_id.eq(player).or(to_nobody).assume_not_null())
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select(ExportedMail::as_select())
        .load(conn)
}

/// Deletes the same mails, whether they are sent, waiting, or being sent.
///
/// A worker that is sending one finds no row to record in. Mails about accounts erased earlier stay.
pub fn erase(conn: &mut Conn, player: &PlayerId, addresses: &[String]) -> QueryResult<()> {
    diesel::delete(dsl::mails.filter(dsl::player_id.eq(player))).execute(conn)?;
    let to_nobody = dsl::mails
        .filter(dsl::player_id.is_null())
        .filter(dsl::recipient.eq_any(addresses))
        .filter(dsl::kind.ne(Kind::AccountErased));
    diesel::delete(to_nobody).execute(conn).map(drop)
}
