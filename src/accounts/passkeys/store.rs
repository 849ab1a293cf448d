//! Queries for passkeys and their ceremonies.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::passkeys::model::{
    CeremonyPurpose, NewCeremony, NewPasskey, StoredPasskey, WaitingCeremony,
};
use crate::accounts::passkeys::relying_party::PasskeyUse;
use crate::platform::db::schema::{passkey_ceremonies, passkeys};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// Ceremonies that one browser may have open: one for each of a few tabs.
const OPEN_CEREMONIES: i64 = 8;

/// The player's passkeys, the oldest first.
pub(super) fn list_passkeys(conn: &mut Conn, player: &PlayerId) -> QueryResult<Vec<StoredPasskey>> {
    passkeys::table
        .filter(passkeys::player_id.eq(player))
        .order((passkeys::created_at, passkeys::id))
        .select(StoredPasskey::as_select())
        .load(conn)
}

/// How many passkeys the player has. Call it under the player's lock where a decision depends on it.
pub(super) fn count_passkeys(conn: &mut Conn, player: &PlayerId) -> QueryResult<i64> {
    passkeys::table.filter(passkeys::player_id.eq(player)).count().get_result(conn)
}

/// The passkey with this credential id, whoever has it.
pub(super) fn passkey_by_credential(
    conn: &mut Conn,
    credential_id: &str,
) -> QueryResult<Option<StoredPasskey>> {
    passkeys::table
        .filter(passkeys::credential_id.eq(credential_id))
        .select(StoredPasskey::as_select())
        .first(conn)
        .optional()
}

/// The player's own passkey with this id.
pub(super) fn own_passkey(
    conn: &mut Conn,
    player: &PlayerId,
    passkey: &str,
) -> QueryResult<Option<StoredPasskey>> {
    passkeys::table
        .filter(passkeys::id.eq(passkey))
        .filter(passkeys::player_id.eq(player))
        .select(StoredPasskey::as_select())
        .first(conn)
        .optional()
}

/// Inserts the passkey. A unique violation means that some player has it already.
pub(super) fn insert_passkey(conn: &mut Conn, new: &NewPasskey) -> QueryResult<()> {
    diesel::insert_into(passkeys::table)
        .values((
            passkeys::id.eq(&new.id),
            passkeys::player_id.eq(&new.player),
            passkeys::name.eq(&new.name),
            passkeys::credential_id.eq(&new.key.credential_id),
            passkeys::credential.eq(&new.key.credential),
            passkeys::sign_count.eq(new.key.sign_count),
            passkeys::is_backup_eligible.eq(new.key.is_backup_eligible),
            passkeys::is_backed_up.eq(new.key.is_backed_up),
            passkeys::created_at.eq(UtcTime::from(new.created_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Renames the player's own passkey. False if there is none with this id.
pub(super) fn rename_passkey(
    conn: &mut Conn,
    player: &PlayerId,
    passkey: &str,
    name: &str,
) -> QueryResult<bool> {
    let own = passkeys::table.filter(passkeys::id.eq(passkey)).filter(passkeys::player_id.eq(player));
    Ok(diesel::update(own).set(passkeys::name.eq(name)).execute(conn)? == 1)
}

/// Removes the player's own passkey. The caller has made sure of another login method, under the player's lock.
pub(super) fn delete_passkey(conn: &mut Conn, player: &PlayerId, passkey: &str) -> QueryResult<bool> {
    let own = passkeys::table.filter(passkeys::id.eq(passkey)).filter(passkeys::player_id.eq(player));
    Ok(diesel::delete(own).execute(conn)? == 1)
}

/// Stores a use, if the counter of the stored passkey is still lower than that of the use.
///
/// Authenticators without a counter always send zero. False if the passkey is gone or the counter went back.
pub(super) fn write_use(
    conn: &mut Conn,
    passkey: &str,
    used: PasskeyUse,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let has_no_counter = used.sign_count == 0;
    let row = passkeys::table.filter(passkeys::id.eq(passkey)).filter(
        passkeys::sign_count
            .lt(used.sign_count)
            .or(passkeys::sign_count.eq(0).and(has_no_counter.into_sql::<diesel::sql_types::Bool>())),
    );
    let rows = diesel::update(row)
        .set((
            passkeys::sign_count.eq(used.sign_count),
            passkeys::is_backup_eligible.eq(used.is_backup_eligible),
            passkeys::is_backed_up.eq(used.is_backed_up),
            passkeys::last_used_at.eq(UtcTime::from(now)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Stores a ceremony, and drops the oldest ones of a browser that has many.
pub(super) fn put_ceremony(conn: &mut Conn, new: &NewCeremony) -> QueryResult<()> {
    let surplus: Vec<String> = passkey_ceremonies::table
        .filter(passkey_ceremonies::browser_hash.eq(&new.browser_hash))
        .order((passkey_ceremonies::created_at.desc(), passkey_ceremonies::id.desc()))
        .offset(OPEN_CEREMONIES - 1)
        .limit(OPEN_CEREMONIES)
        .select(passkey_ceremonies::id)
        .load(conn)?;
    diesel::delete(passkey_ceremonies::table.filter(passkey_ceremonies::id.eq_any(surplus))).execute(conn)?;
    diesel::insert_into(passkey_ceremonies::table)
        .values((
            passkey_ceremonies::id.eq(&new.id),
            passkey_ceremonies::purpose.eq(new.purpose),
            passkey_ceremonies::browser_hash.eq(&new.browser_hash),
            passkey_ceremonies::session_id.eq(new.of.as_ref().map(|of| &of.session)),
            passkey_ceremonies::player_id.eq(new.of.as_ref().map(|of| &of.player)),
            passkey_ceremonies::state.eq(&new.state),
            passkey_ceremonies::created_at.eq(UtcTime::from(new.created_at)),
            passkey_ceremonies::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The ceremony with this id, if it is this browser's, for this purpose, and not too old.
pub(super) fn waiting_ceremony(
    conn: &mut Conn,
    id: &str,
    purpose: CeremonyPurpose,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<WaitingCeremony>> {
    passkey_ceremonies::table
        .filter(passkey_ceremonies::id.eq(id))
        .filter(passkey_ceremonies::purpose.eq(purpose))
        .filter(passkey_ceremonies::browser_hash.eq(browser_hash))
        .filter(passkey_ceremonies::expires_at.gt(UtcTime::from(now)))
        .select(WaitingCeremony::as_select())
        .first(conn)
        .optional()
}

/// Uses the ceremony up. False if it is used or ended already.
pub(super) fn spend_ceremony(conn: &mut Conn, id: &str) -> QueryResult<bool> {
    let row = passkey_ceremonies::table.filter(passkey_ceremonies::id.eq(id));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Deletes at most `limit` expired ceremonies. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = passkey_ceremonies::table
        .filter(passkey_ceremonies::expires_at.le(UtcTime::from(now)))
        .order(passkey_ceremonies::id)
        .limit(limit)
        .select(passkey_ceremonies::id)
        .load(conn)?;
    diesel::delete(passkey_ceremonies::table.filter(passkey_ceremonies::id.eq_any(over))).execute(conn)
}
