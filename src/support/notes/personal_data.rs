//! What is held of a player here, as the export tells it. Who wrote a note is nobody's business but the desk's.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::crypto::vault::Vault;
use crate::platform::db::schema::player_notes::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;
use crate::support::notes::store::opened;

/// A note about the player.
#[derive(Debug, Serialize)]
pub struct ExportedNote {
    pub id: String,
    created_at: UtcTime,
    /// Nothing if it no longer opens.
    note: Option<String>,
}

/// At most `limit` notes behind the id `after`.
pub fn notes(
    conn: &mut Conn,
    vault: &Vault,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedNote>> {
    let rows: Vec<(String, UtcTime, Vec<u8>)> = dsl::player_notes
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::created_at, dsl::note_sealed))
        .load(conn)?;
    let held = |(id, created_at, sealed): (String, UtcTime, Vec<u8>)| {
        let note = opened(vault, &id, player, &sealed);
        ExportedNote { id, created_at, note }
    };
    Ok(rows.into_iter().map(held).collect())
}
