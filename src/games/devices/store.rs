//! Reads and writes the table `devices`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::games::devices::model::{Device, DeviceSummary};
use crate::platform::db::schema::devices::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A device to insert.
#[derive(Clone)]
pub(super) struct NewDevice {
    pub id: String,
    pub player: PlayerId,
    pub api_key: String,
    pub hash: String,
    pub label: String,
    pub network: String,
    pub at: DateTime<Utc>,
}

/// Inserts a device. A unique violation means that another request was faster.
pub(super) fn insert_device(conn: &mut Conn, new: &NewDevice) -> QueryResult<()> {
    let at = UtcTime::from(new.at);
    diesel::insert_into(dsl::devices)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::api_key.eq(&new.api_key),
            dsl::device_hash.eq(&new.hash),
            dsl::label.eq(&new.label),
            dsl::network.eq(&new.network),
            dsl::made_at.eq(at),
            dsl::last_used_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// The device with this hash, unless it is disabled.
pub(super) fn find_device(conn: &mut Conn, hash: &str) -> QueryResult<Option<Device>> {
    dsl::devices
        .filter(dsl::device_hash.eq(hash))
        .filter(dsl::switched_off_at.is_null())
        .select(Device::as_select())
        .first(conn)
        .optional()
}

/// Whether the device with this hash is this player's, and not disabled.
pub fn is_device_of(conn: &mut Conn, hash: &str, player: &PlayerId) -> QueryResult<bool> {
    Ok(find_device(conn, hash)?.is_some_and(|device| device.player == *player))
}

/// Stores the use of a device with its current label. Returns false if it was disabled or moved meanwhile.
pub(super) fn store_use(conn: &mut Conn, device: &Device) -> QueryResult<bool> {
    let same = dsl::devices
        .filter(dsl::id.eq(&device.id))
        .filter(dsl::player_id.eq(&device.player))
        .filter(dsl::switched_off_at.is_null());
    let rows = diesel::update(same)
        .set((
            dsl::label.eq(&device.label),
            dsl::told_of.eq(device.mailed_label.as_deref()),
            dsl::network.eq(&device.network),
            dsl::last_used_at.eq(UtcTime::from(device.last_used_at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The player's enabled devices, the last used first.
pub(super) fn list_devices(conn: &mut Conn, player: &PlayerId) -> QueryResult<Vec<Device>> {
    dsl::devices
        .filter(dsl::player_id.eq(player))
        .filter(dsl::switched_off_at.is_null())
        .order((dsl::last_used_at.desc(), dsl::id.desc()))
        .select(Device::as_select())
        .load(conn)
}

/// At most `limit` of the player's devices, disabled ones included, the newest first.
pub fn list_summaries(conn: &mut Conn, player: &PlayerId, limit: i64) -> QueryResult<Vec<DeviceSummary>> {
    dsl::devices
        .filter(dsl::player_id.eq(player))
        .order((dsl::made_at.desc(), dsl::id.desc()))
        .limit(limit)
        .select(DeviceSummary::as_select())
        .load(conn)
}

/// Disables one of the player's devices. Returns false if it is not theirs, or already disabled.
pub(super) fn disable_device(
    conn: &mut Conn,
    player: &PlayerId,
    id: &str,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    let of_player = dsl::devices
        .filter(dsl::id.eq(id))
        .filter(dsl::player_id.eq(player))
        .filter(dsl::switched_off_at.is_null());
    Ok(diesel::update(of_player).set(dsl::switched_off_at.eq(UtcTime::from(at))).execute(conn)? == 1)
}

/// Moves a device to another player, whose mail names its current label.
///
/// Returns false if it no longer belongs to the first player.
pub(super) fn move_device(conn: &mut Conn, id: &str, from: &PlayerId, to: &PlayerId) -> QueryResult<bool> {
    let of_player = dsl::devices
        .filter(dsl::id.eq(id))
        .filter(dsl::player_id.eq(from))
        .filter(dsl::switched_off_at.is_null());
    Ok(diesel::update(of_player)
        .set((dsl::player_id.eq(to), dsl::told_of.eq(dsl::label.nullable())))
        .execute(conn)?
        == 1)
}
