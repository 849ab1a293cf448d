//! Reads what opens an account besides its password.

use diesel::prelude::*;

use crate::accounts::remaining_access::model::{RemainingAmazonAccount, RemainingDevice, RemainingPasskey};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, devices, passkeys};
use crate::platform::ids::PlayerId;

/// The player's enabled devices, the last used first.
pub(super) fn list_devices(conn: &mut Conn, player: &PlayerId) -> QueryResult<Vec<RemainingDevice>> {
    devices::table
        .filter(devices::player_id.eq(player))
        .filter(devices::switched_off_at.is_null())
        .order((devices::last_used_at.desc(), devices::id.desc()))
        .select(RemainingDevice::as_select())
        .load(conn)
}

/// The player's passkeys, the newest first: one that somebody added lately is the one to look at.
pub(super) fn list_passkeys(conn: &mut Conn, player: &PlayerId) -> QueryResult<Vec<RemainingPasskey>> {
    passkeys::table
        .filter(passkeys::player_id.eq(player))
        .order((passkeys::created_at.desc(), passkeys::id.desc()))
        .select(RemainingPasskey::as_select())
        .load(conn)
}

/// The linked Amazon account. A revoked link counts, because a sign-in with it makes it active again.
pub(super) fn amazon_account(
    conn: &mut Conn,
    player: &PlayerId,
) -> QueryResult<Option<RemainingAmazonAccount>> {
    amazon_links::table
        .filter(amazon_links::player_id.eq(player))
        .select(RemainingAmazonAccount::as_select())
        .first(conn)
        .optional()
}
