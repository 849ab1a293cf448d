//! The table `player_notes`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use secrecy::ExposeSecret;

use crate::platform::crypto::vault::Vault;
use crate::platform::db::schema::player_notes::dsl;
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{PlayerId, StaffId};
use crate::sealed_column;
use crate::support::notes::model::{NewNote, Note, place_of_note};

/// The sealed columns, for a change of keys.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(player_notes.note_sealed, |id, player_id| place_of_note(&id, &player_id))];

pub fn add(conn: &mut Conn, note: &NewNote) -> QueryResult<()> {
    diesel::insert_into(dsl::player_notes)
        .values((
            dsl::id.eq(&note.id),
            dsl::player_id.eq(&note.player),
            dsl::staff_id.eq(&note.staff),
            dsl::note_sealed.eq(&note.sealed),
            dsl::created_at.eq(UtcTime::from(note.at)),
        ))
        .execute(conn)
        .map(drop)
}

/// At most `limit` notes about a player, the newest first.
pub fn of_player(conn: &mut Conn, vault: &Vault, player: &PlayerId, limit: i64) -> QueryResult<Vec<Note>> {
    let rows: Vec<(String, StaffId, Vec<u8>, DateTime<Utc>)> = dsl::player_notes
        .filter(dsl::player_id.eq(player))
        .order(dsl::id.desc())
        .limit(limit)
        .select((dsl::id, dsl::staff_id, dsl::note_sealed, dsl::created_at))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(id, staff, sealed, at)| Note { staff, at, text: opened(vault, &id, player, &sealed) })
        .collect())
}

pub(super) fn opened(vault: &Vault, id: &str, player: &PlayerId, sealed: &[u8]) -> Option<String> {
    match vault.open(&place_of_note(id, player.as_str()), sealed) {
        Ok(text) => Some(text.expose_secret().to_owned()),
        Err(fault) => {
            tracing::error!(
                event = "support.note.unreadable",
                player.id = player.as_str(),
                %fault,
                "opening a note about a player failed"
            );
            None
        }
    }
}
