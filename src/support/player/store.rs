//! Reads all about one player, through the features that own the tables.

use chrono::{DateTime, Utc};
use diesel::QueryResult;

use crate::accounts::players;
use crate::accounts::second_factor;
use crate::audit::{self, AuditFilter, Kind};
use crate::games::devices;
use crate::links;
use crate::outbound::mail;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::Conn;
use crate::platform::ids::{PlayerId, StaffId};
use crate::sessions::browser;
use crate::sessions::game;
use crate::support::actions::LastAction;
use crate::support::notes;
use crate::support::player::load::LoadedPlayer;
use crate::support::player::model::PlayerOverview;
use crate::support::player::timeline::{PAGE, TimelineQuery};
use crate::support::staff;

/// The most rows of a list on one page.
pub(super) const SHOWN: usize = 20;

/// The view of a player by a member of staff, with a page of the timeline.
pub(super) struct PlayerViewRow {
    pub player: PlayerId,
    pub staff: StaffId,
    /// A recorded view since then counts as the same view.
    pub since: DateTime<Utc>,
    pub asked: TimelineQuery,
}

/// Reads the player, and whether the same view is on record; `None` if there is no such player.
///
/// Each kind of row takes one query by the player's id. A list that goes on has one row more than the page shows.
pub(super) fn read_player(
    conn: &mut Conn,
    vault: &Vault,
    look: &PlayerViewRow,
    now: DateTime<Utc>,
) -> QueryResult<Option<(LoadedPlayer, bool)>> {
    let player = &look.player;
    let latest = LastAction::read(conn, vault, player, now)?;
    let Some(account) = players::player_account(conn, player)? else { return Ok(None) };
    let limit = one_more(SHOWN);
    let filter = look.asked.filter_of(player);
    let overview = PlayerOverview {
        account,
        second_factor_since: second_factor::store::find(conn, player)?.map(|factor| factor.created_at),
        link: links::details(conn, player)?,
        former: links::former_of(conn, player, limit)?,
        sessions: browser::list(conn, player, now)?,
        games: game::list(conn, player, now)?,
        has_passkey: players::store::has_passkey(conn, player)?,
        devices: devices::list_summaries(conn, player, limit)?,
        mails: mail::of_player(conn, player, limit)?,
        notes: notes::of_player(conn, vault, player, limit)?,
        records: audit::list_records(conn, vault, &filter, look.asked.before.as_deref(), one_more(PAGE))?,
        latest,
    };
    let names = staff::emails(conn)?;
    Ok(Some((LoadedPlayer { overview, names }, was_noted(conn, vault, look)?)))
}

fn was_noted(conn: &mut Conn, vault: &Vault, look: &PlayerViewRow) -> QueryResult<bool> {
    let same = AuditFilter {
        player: Some(look.player.clone()),
        staff: Some(look.staff.clone()),
        kinds: vec![Kind::PlayerViewed],
        from: Some(look.since),
        ..AuditFilter::default()
    };
    Ok(!audit::list_records(conn, vault, &same, None, 1)?.is_empty())
}

fn one_more(shown: usize) -> i64 {
    i64::try_from(shown + 1).unwrap_or(i64::MAX)
}
