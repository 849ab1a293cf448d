//! Everything around one player, in one go. The tables are their features' own.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use crate::amazon_link;
use crate::devices;
use crate::game_sessions;
use crate::mail;
use crate::platform::db::Conn;
use crate::platform::vault::Vault;
use crate::players;
use crate::sessions;
use crate::support::actions::Latest;
use crate::support::notes;
use crate::support::player::model::Known;
use crate::words::PlayerId;

/// The most rows of each kind that one page shows.
pub(super) const SHOWN: usize = 20;

/// Reads the player, or nothing if there is none. One question for each kind of row, each by the player's id. Lists
/// hold one row more than is shown where there are more.
pub(super) fn known(
    conn: &mut Conn,
    vault: &Vault,
    player: &PlayerId,
    now: DateTime<Utc>,
) -> QueryResult<Option<Known>> {
    let latest = Latest::read(conn, vault, player, now)?;
    let Some(account) = players::account(conn, player)? else { return Ok(None) };
    let limit = i64::try_from(SHOWN + 1).unwrap_or(i64::MAX);
    Ok(Some(Known {
        account,
        link: amazon_link::details(conn, player)?,
        former: amazon_link::former_of(conn, player, limit)?,
        sessions: sessions::list(conn, player, now)?,
        games: game_sessions::list(conn, player, now)?,
        devices: devices::all_of(conn, player, limit)?,
        mails: mail::of_player(conn, player, limit)?,
        notes: notes::of_player(conn, vault, player, limit)?,
        latest,
    }))
}
