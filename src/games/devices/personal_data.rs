//! The personal data of devices and codes for the export. Device ids and codes are never part of it.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::{claim_codes, code_linkings, devices};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A device that can sign in, or a disabled one.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedDevice {
    pub id: String,
    game: String,
    label: String,
    told_of: Option<String>,
    network: String,
    made_at: UtcTime,
    last_used_at: UtcTime,
    switched_off_at: Option<UtcTime>,
}

/// A claim code that a game showed.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedClaimCode {
    pub id: String,
    device_id: Option<String>,
    game: String,
    device_label: String,
    network: String,
    tries: i64,
    outcome: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

/// A linking by code that a game began.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedLinkCode {
    pub id: String,
    asked_by: String,
    network: String,
    outcome: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
    ended_at: Option<UtcTime>,
}

/// At most `limit` devices with ids after `after`.
pub fn devices(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedDevice>> {
    use devices::dsl;
    dsl::devices
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((
            dsl::id,
            dsl::api_key,
            dsl::label,
            dsl::told_of,
            dsl::network,
            dsl::made_at,
            dsl::last_used_at,
            dsl::switched_off_at,
        ))
        .load(conn)
}

/// At most `limit` claims with ids after `after`.
pub fn claim_codes(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedClaimCode>> {
    use claim_codes::dsl;
    dsl::claim_codes
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((
            dsl::id,
            dsl::device_id,
            dsl::api_key,
            dsl::device_label,
            dsl::network,
            dsl::tries,
            dsl::outcome,
            dsl::created_at,
            dsl::expires_at,
        ))
        .load(conn)
}

/// At most `limit` linkings with ids after `after`.
pub fn link_codes(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedLinkCode>> {
    use code_linkings::dsl;
    dsl::code_linkings
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((
            dsl::id,
            dsl::asked_by,
            dsl::network,
            dsl::outcome,
            dsl::created_at,
            dsl::expires_at,
            dsl::ended_at,
        ))
        .load(conn)
}
