//! Personal data in notes, for the export (S129).
//!
//! The export does not name the author of a note.

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
    /// `None` if the note cannot be decrypted (S66).
    note: Option<String>,
}

/// At most `limit` notes after the id `after`, in order of id.
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
