//! Personal data of the account and its addresses, for the export and the erasure.

use diesel::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::platform::db::schema::{email_changes, email_undos, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// The account itself.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedAccount {
    id: String,
    display_name: String,
    name_follows_amazon: bool,
    user_name: Option<String>,
    email: Option<String>,
    email_proven_at: Option<UtcTime>,
    password_changed_at: Option<UtcTime>,
    language: Option<String>,
    disabled_at: Option<UtcTime>,
    created_at: UtcTime,
    #[serde(serialize_with = "as_json")]
    segments: Option<String>,
}

/// A new address that waits for its code. It is not exported whether somebody else has the address.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedEmailChange {
    pub id: String,
    email: String,
    tries: i64,
    created_at: UtcTime,
    expires_at: UtcTime,
}

/// A previous address that the player may restore.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedEmailUndo {
    pub id: String,
    email: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

/// A proven address of the player, current or previous: as typed, and as its key.
#[derive(Debug, Queryable)]
pub struct ExportedAddress {
    pub typed: String,
    pub key: String,
}

#[expect(clippy::ref_option, reason = "serde calls it so")]
fn as_json<S: Serializer>(text: &Option<String>, serializer: S) -> Result<S::Ok, S::Error> {
    let value = text.as_deref().map(|text| serde_json::from_str(text).unwrap_or(Value::from(text)));
    value.serialize(serializer)
}

/// The account, if there is one.
pub fn account(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<ExportedAccount>> {
    use players::dsl;
    dsl::players
        .filter(dsl::id.eq(player))
        .select((
            dsl::id,
            dsl::display_name,
            dsl::sync_display_name,
            dsl::user_name,
            dsl::email,
            dsl::email_proven_at,
            dsl::password_changed_at,
            dsl::language,
            dsl::disabled_at,
            dsl::created_at,
            dsl::segments,
        ))
        .first(conn)
        .optional()
}

/// At most `limit` pending changes after the id `after`.
pub fn email_changes(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedEmailChange>> {
    use email_changes::dsl;
    dsl::email_changes
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::email, dsl::tries, dsl::created_at, dsl::expires_at))
        .load(conn)
}

/// At most `limit` undo tokens after the id `after`.
pub fn email_undos(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedEmailUndo>> {
    use email_undos::dsl;
    dsl::email_undos
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::email, dsl::created_at, dsl::expires_at))
        .load(conn)
}

/// The proven addresses. One that was only typed may be another person's.
pub fn addresses(conn: &mut Conn, player: &PlayerId) -> QueryResult<Vec<ExportedAddress>> {
    let present: Option<(Option<String>, Option<String>)> = players::table
        .filter(players::id.eq(player))
        .select((players::email, players::email_key))
        .first(conn)
        .optional()?;
    let mut all: Vec<ExportedAddress> = email_undos::table
        .filter(email_undos::player_id.eq(player))
        .select((email_undos::email, email_undos::email_key))
        .load(conn)?;
    if let Some((Some(typed), Some(key))) = present {
        all.push(ExportedAddress { typed, key });
    }
    Ok(all)
}

/// Deletes the player's row, and by cascade every row that references it.
///
/// Also deletes what others typed who wanted an address of the player: it was taken, so no code could confirm it.
pub fn erase(conn: &mut Conn, player: &PlayerId, email_keys: &[String]) -> QueryResult<()> {
    let vain = email_changes::table
        .filter(email_changes::email_key.eq_any(email_keys))
        .filter(email_changes::is_taken.eq(true));
    diesel::delete(vain).execute(conn)?;
    diesel::delete(players::table.filter(players::id.eq(player))).execute(conn).map(drop)
}
