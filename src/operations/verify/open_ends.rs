//! Invariant I11: what is open belongs to its player, and to that player's own session.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use super::{BATCH, RowJudge, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{
    claim_codes, code_linkings, email_changes, factor_recoveries, game_sessions, game_sign_in_codes,
    link_attempts, password_resets, pending_sign_ins, players, sessions, sign_in_codes,
};

pub(super) const JUDGES: &[RowJudge] = &[
    claims,
    linkings,
    game_sign_ins,
    attempts,
    asked_email_changes,
    email_changes_of_players,
    resets_of_players,
    codes_of_players,
    waiting_sign_ins_of_players,
    recoveries_of_factors,
];

const INVARIANT: &str = "I11";

const OF_ANOTHER: &str = "rests on a session of another player";
const NEVER_WAS: &str = "rests on a version of its player that never was";

/// A request takes less than this from its start, whose time is stored, to its write.
const REQUEST: TimeDelta = TimeDelta::minutes(1);

/// An open claim, linking or permission: id, player, the player's version at its start, session.
type OpenRow = (String, String, i64, Option<String>);

fn claims(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use claim_codes::dsl;
    let rows: Vec<OpenRow> = dsl::claim_codes
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::player_id, dsl::player_version, dsl::session_id))
        .load(conn)?;
    let known = KnownOrigins::of(conn, &rows)?;
    Ok(batch(INVARIANT, "claim_codes", &rows, |row| &row.0, |row| known.judge(row)))
}

fn linkings(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use code_linkings::dsl;
    let rows: Vec<(OpenRow, bool)> = dsl::code_linkings
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((
            (dsl::id, dsl::player_id, dsl::player_version, dsl::asker_id),
            dsl::outcome.is_not_null().and(dsl::pair_sealed.is_not_null()),
        ))
        .load(conn)?;
    let open: Vec<OpenRow> = rows.iter().map(|(row, _)| row.clone()).collect();
    let known = KnownOrigins::of(conn, &open)?;
    Ok(batch(
        INVARIANT,
        "code_linkings",
        &rows,
        |(row, _)| &row.0,
        |(row, has_code)| {
            if *has_code { Some("is over and still has its code") } else { known.judge(row) }
        },
    ))
}

/// Checks codes of TVs: the session of the game that asked, and the session of the browser that allowed it.
fn game_sign_ins(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use game_sign_in_codes::dsl;
    type Origin = (Option<String>, Option<i64>, Option<String>);
    let rows: Vec<(String, Origin, Origin)> = dsl::game_sign_in_codes
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((
            dsl::id,
            (dsl::player_id, dsl::player_version.nullable(), dsl::session_id),
            (dsl::granted_player_id, dsl::granted_version, dsl::granted_session_id),
        ))
        .load(conn)?;
    let open = |id: &str, origin: &Origin| {
        let (player, version, session) = origin.clone();
        Some((id.to_owned(), player?, version?, session))
    };
    let origins =
        |row: &(String, Origin, Origin)| [open(&row.0, &row.1), open(&row.0, &row.2)].into_iter().flatten();
    let all: Vec<OpenRow> = rows.iter().flat_map(origins).collect();
    let known = KnownOrigins::of(conn, &all)?;
    Ok(batch(
        INVARIANT,
        "game_sign_in_codes",
        &rows,
        |row| &row.0,
        |row| origins(row).find_map(|origin| known.judge(&origin)),
    ))
}

/// Checks changes of an address: the session that asked is one of the same player.
fn asked_email_changes(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use email_changes::dsl;
    let rows: Vec<(String, String, Option<String>)> = dsl::email_changes
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::player_id, dsl::session_id))
        .load(conn)?;
    // They end with what raises the version, so they carry none.
    let open: Vec<OpenRow> = rows.into_iter().map(|(id, player, session)| (id, player, 0, session)).collect();
    let known = KnownOrigins::of(conn, &open)?;
    Ok(batch(INVARIANT, "email_changes", &open, |row| &row.0, |row| known.judge(row)))
}

/// The players' versions, and whose the sessions are that still live.
struct KnownOrigins {
    versions: HashMap<String, i64>,
    owners: HashMap<String, String>,
}

impl KnownOrigins {
    fn of(conn: &mut Conn, rows: &[OpenRow]) -> QueryResult<Self> {
        let ids: Vec<&String> = rows.iter().map(|row| &row.1).collect();
        let asked: Vec<&String> = rows.iter().filter_map(|row| row.3.as_ref()).collect();
        let versions: Vec<(String, i64)> = players::table
            .filter(players::id.eq_any(ids))
            .select((players::id, players::version))
            .load(conn)?;
        let mut owners: Vec<(String, String)> = game_sessions::table
            .filter(game_sessions::id.eq_any(&asked))
            .select((game_sessions::id, game_sessions::player_id))
            .load(conn)?;
        let of_browsers: Vec<(String, String)> = sessions::table
            .filter(sessions::id.eq_any(&asked))
            .select((sessions::id, sessions::player_id))
            .load(conn)?;
        owners.extend(of_browsers);
        Ok(Self { versions: versions.into_iter().collect(), owners: owners.into_iter().collect() })
    }

    fn judge(&self, (_, player, version, session): &OpenRow) -> Option<&'static str> {
        let owner = session.as_ref().and_then(|session| self.owners.get(session));
        if owner.is_some_and(|owner| owner != player) {
            return Some(OF_ANOTHER);
        }
        // A player who was erased meanwhile has taken the row along.
        let is_ahead = self.versions.get(player).is_some_and(|present| version > present);
        is_ahead.then_some(NEVER_WAS)
    }
}

/// Checks attempts: one that changes or proves a link rests on a session of its player.
fn attempts(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use link_attempts::dsl;
    type Row = (String, String, Option<String>, Option<String>);
    let rows: Vec<Row> = dsl::link_attempts
        .left_join(sessions::table.on(sessions::id.nullable().eq(dsl::session_id)))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::purpose, dsl::player_id, sessions::player_id.nullable()))
        .load(conn)?;
    Ok(batch(
        INVARIANT,
        "link_attempts",
        &rows,
        |row| &row.0,
        |(_, purpose, player, owner)| match (player, owner) {
            (Some(player), Some(owner)) if player != owner => Some(OF_ANOTHER),
            (None, _) | (_, None) if purpose != "sign_in" => Some("rests on no session of its player"),
            _ => None,
        },
    ))
}

/// Something that was mailed: id, when, and when its player was disabled and changed the password.
type MailedRow = (String, DateTime<Utc>, Option<DateTime<Utc>>, Option<DateTime<Utc>>, bool);

/// Declares a check for each table of mailed codes and links.
macro_rules! mailed {
    ($($name:ident in $table:ident),+) => { $(
        fn $name(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
            use $table::dsl;
            let rows: Vec<MailedRow> = dsl::$table
                .inner_join(players::table.on(players::id.nullable().eq(dsl::player_id.nullable())))
                .filter(dsl::id.gt(after))
                .order(dsl::id)
                .limit(BATCH)
                .select((
                    dsl::id,
                    dsl::created_at,
                    players::disabled_at,
                    players::password_changed_at,
                    players::closes_at.is_not_null(),
                ))
                .load(conn)?;
            Ok(batch(INVARIANT, stringify!($table), &rows, |row| &row.0, judge_mailed))
        }
    )+ };
}

mailed! {
    email_changes_of_players in email_changes,
    resets_of_players in password_resets,
    codes_of_players in sign_in_codes,
    waiting_sign_ins_of_players in pending_sign_ins,
    recoveries_of_factors in factor_recoveries
}

/// Whoever disables a player or changes the password ends what was mailed before.
fn judge_mailed((_, mailed_at, disabled_at, changed_at, is_closing): &MailedRow) -> Option<&'static str> {
    if *is_closing {
        // Its player may still sign in to keep the account, and only what was mailed since opens that.
        return disabled_at
            .is_some_and(|at| *mailed_at + REQUEST < at)
            .then_some("was mailed before the account closed");
    }
    if disabled_at.is_some() {
        return Some("belongs to a player who is disabled");
    }
    let is_older = changed_at.is_some_and(|changed_at| *mailed_at + REQUEST < changed_at);
    is_older.then_some("was mailed before the password last changed")
}
