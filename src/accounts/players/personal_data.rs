//! Personal data of the account and its addresses, for the export and the erasure.

use diesel::prelude::*;
use serde::{Serialize, Serializer};
use serde_json::Value;

use crate::exported_rows;
use crate::platform::db::schema::{email_changes, email_undos, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// The account itself.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = players)]
pub struct ExportedAccount {
    id: String,
    display_name: String,
    #[diesel(column_name = sync_display_name)]
    name_follows_amazon: bool,
    user_name: Option<String>,
    email: Option<String>,
    email_proven_at: Option<UtcTime>,
    password_changed_at: Option<UtcTime>,
    language: Option<String>,
    disabled_at: Option<UtcTime>,
    closes_at: Option<UtcTime>,
    created_at: UtcTime,
    #[serde(serialize_with = "as_json")]
    segments: Option<String>,
    #[serde(serialize_with = "as_json")]
    script_data: Option<String>,
}

/// A new address that waits for its code. It is not exported whether somebody else has the address.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = email_changes)]
pub struct ExportedEmailChange {
    pub id: String,
    email: String,
    tries: i64,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedEmailChange, email_changes);

/// A previous address that the player may restore.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = email_undos)]
pub struct ExportedEmailUndo {
    pub id: String,
    email: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedEmailUndo, email_undos);

/// A proven address of the player, current or previous: as typed, and as its key.
#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = email_undos)]
pub struct ExportedAddress {
    #[diesel(column_name = email)]
    pub typed: String,
    #[diesel(column_name = email_key)]
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
    dsl::players.filter(dsl::id.eq(player)).select(ExportedAccount::as_select()).first(conn).optional()
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
        .select(ExportedAddress::as_select())
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
