//! What is held of a player here: told in the export, and taken away with the account.

use diesel::prelude::*;
use serde::Serialize;

use crate::outbound::mail::message::Kind;
use crate::platform::db::schema::mails::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A letter to the player. Its text may hold a code, and is gone once it is sent.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedMail {
    pub id: String,
    kind: String,
    to: String,
    subject: String,
    attempts: i64,
    created_at: UtcTime,
    sent_at: Option<UtcTime>,
    failed_at: Option<UtcTime>,
}

/// At most `limit` letters behind the id `after`: the player's, and those to `addresses` from before there was one.
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
        .select((
            dsl::id,
            dsl::kind,
            dsl::recipient,
            dsl::subject,
            dsl::attempts,
            dsl::created_at,
            dsl::sent_at,
            dsl::failed_at,
        ))
        .load(conn)
}

/// Forgets the same letters, whether they are sent, wait, or are being sent: who sends one then finds it gone. What an
/// account that was erased before is still to be told stays.
pub fn erase(conn: &mut Conn, player: &PlayerId, addresses: &[String]) -> QueryResult<()> {
    diesel::delete(dsl::mails.filter(dsl::player_id.eq(player))).execute(conn)?;
    let to_nobody = dsl::mails
        .filter(dsl::player_id.is_null())
        .filter(dsl::recipient.eq_any(addresses))
        .filter(dsl::kind.ne(Kind::AccountErased));
    diesel::delete(to_nobody).execute(conn).map(drop)
}
