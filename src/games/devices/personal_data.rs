//! What is held of a player here, as the export tells it. Never the id by which a device gets in, nor a code.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::{claim_codes, code_linkings, devices};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A device that gets in by itself, or did.
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

/// A code that a game showed, so that its player can be claimed in a browser.
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

/// A code of Amazon's that a game showed, so that its player can link.
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

/// At most `limit` devices behind the id `after`.
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

/// At most `limit` claims behind the id `after`.
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

/// At most `limit` linkings behind the id `after`.
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
