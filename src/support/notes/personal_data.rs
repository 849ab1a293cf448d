//! Personal data in notes, for the export (S129).
//!
//! The export does not name the author of a note.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::exported::ExportedRow;
use crate::platform::db::schema::player_notes;
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

#[derive(Queryable, Selectable)]
#[diesel(table_name = player_notes)]
struct SealedNote {
    id: String,
    created_at: UtcTime,
    note_sealed: Vec<u8>,
}

exported_rows!(SealedNote, player_notes);

/// At most `limit` notes after the id `after`, in order of id.
pub fn notes(
    conn: &mut Conn,
    vault: &Vault,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedNote>> {
    let exported = |row: SealedNote| ExportedNote {
        note: opened(vault, &row.id, player, &row.note_sealed),
        id: row.id,
        created_at: row.created_at,
    };
    Ok(SealedNote::page(conn, player, after, limit)?.into_iter().map(exported).collect())
}
