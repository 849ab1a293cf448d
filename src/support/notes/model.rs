//! A note about a player, and its checks.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::platform::crypto::vault::{SealContext, Vault};
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, StaffId};

/// The most characters of a note.
const LONGEST: usize = 2_000;

/// A stored note, decrypted.
#[derive(Clone, Debug)]
pub struct Note {
    pub staff: StaffId,
    pub at: DateTime<Utc>,
    /// `None` if the note cannot be decrypted (S66).
    pub text: Option<String>,
}

/// A note, sealed before the transaction that stores it.
#[derive(Clone, Debug)]
pub struct NewNote {
    pub(super) id: String,
    pub(super) player: PlayerId,
    pub(super) staff: StaffId,
    pub(super) sealed: Vec<u8>,
    pub(super) at: DateTime<Utc>,
}

impl NewNote {
    /// Seals the text; `None` if it is empty, too long, or has control characters.
    pub fn prepare(
        vault: &Vault,
        player: &PlayerId,
        staff: &StaffId,
        typed: &str,
        at: DateTime<Utc>,
    ) -> Result<Option<Self>, Fault> {
        let text = typed.replace("\r\n", "\n").trim().to_owned();
        let is_hostile = text.chars().any(|c| c.is_control() && c != '\n');
        if text.is_empty() || is_hostile || text.chars().count() > LONGEST {
            return Ok(None);
        }
        let id = new_id(at);
        let sealed = vault.seal(&place_of_note(&id, player.as_str()), &SecretString::from(text))?;
        Ok(Some(Self { id, player: player.clone(), staff: staff.clone(), sealed, at }))
    }
}

pub(super) fn place_of_note(id: &str, player: &str) -> SealContext {
    SealContext {
        purpose: "note",
        table: "player_notes",
        row: id.to_owned(),
        player: player.to_owned(),
        identity: String::new(),
    }
}
