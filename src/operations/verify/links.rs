//! Invariants I1, I2 and I13: one link per player and identity, tokens only for live links, and which links are
//! confirmed.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use super::{BATCH, VerifyBatch, VerifyTools, batch};
use crate::platform::db::Conn;
use crate::platform::db::schema::{amazon_links, link_attempts, players, sessions};

/// Checks I1. The schema enforces it, but a restored or hand-made table may lack the constraint.
pub(super) fn one_each(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use amazon_links::dsl;
    let rows: Vec<(String, String, String, Option<String>)> = dsl::amazon_links
        .left_join(players::table)
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::player_id, dsl::amazon_id, players::id.nullable()))
        .load(conn)?;
    let owners = rows.iter().map(|(_, player, _, _)| player.clone());
    let identities = rows.iter().map(|(_, _, identity, _)| identity.clone());
    let same_player = dsl::amazon_links.filter(dsl::player_id.eq_any(owners.collect::<Vec<_>>()));
    let same_identity = dsl::amazon_links.filter(dsl::amazon_id.eq_any(identities.collect::<Vec<_>>()));
    let players = counted(same_player.select(dsl::player_id).load(conn)?);
    let identities = counted(same_identity.select(dsl::amazon_id).load(conn)?);
    let several = |counts: &HashMap<String, usize>, of: &str| counts.get(of).is_some_and(|count| *count > 1);
    Ok(batch(
        "I1",
        "amazon_links",
        &rows,
        |row| &row.0,
        |(_, player, identity, known)| match known {
            None => Some("belongs to no player"),
            Some(_) if several(&identities, identity) => {
                Some("holds an identity that another link holds too")
            }
            Some(_) if several(&players, player) => Some("belongs to a player who has another link"),
            Some(_) => None,
        },
    ))
}

fn counted(values: Vec<String>) -> HashMap<String, usize> {
    let mut counts = HashMap::new();
    for value in values {
        *counts.entry(value).or_default() += 1;
    }
    counts
}

/// Checks I2: a revoked link has no tokens.
pub(super) fn tokens_of_live_links(
    conn: &mut Conn,
    _: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    use amazon_links::dsl;
    let rows: Vec<(String, String, bool, bool)> = dsl::amazon_links
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((
            dsl::id,
            dsl::state,
            dsl::access_token_sealed.is_not_null(),
            dsl::refresh_token_sealed.is_not_null(),
        ))
        .load(conn)?;
    Ok(batch(
        "I2",
        "amazon_links",
        &rows,
        |row| &row.0,
        |(_, state, has_access, has_refresh)| {
            let is_revoked = state == "revoked";
            (is_revoked && (*has_access || *has_refresh)).then_some("is revoked and still has tokens")
        },
    ))
}

/// Checks I2: an expired attempt has no tokens.
///
/// Tokens of an undecided sign-in are deleted with their attempt. The cleanup deletes expired attempts, and
/// one day is more time than it needs.
pub(super) fn tokens_of_open_attempts(
    conn: &mut Conn,
    tools: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    use link_attempts::dsl;
    let rows: Vec<(String, bool, DateTime<Utc>)> = dsl::link_attempts
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::identity_sealed.is_not_null(), dsl::expires_at))
        .load(conn)?;
    let long_over = tools.now - TimeDelta::days(1);
    Ok(batch(
        "I2",
        "link_attempts",
        &rows,
        |row| &row.0,
        |(_, has_tokens, expires_at)| {
            (*has_tokens && *expires_at < long_over)
                .then_some("is long over and still has tokens; does the cleanup run?")
        },
    ))
}

/// Checks I13: how a link was made and when it was confirmed fit together.
pub(super) fn confirmed_ones(conn: &mut Conn, _: &VerifyTools, after: &str) -> QueryResult<VerifyBatch> {
    use amazon_links::dsl;
    type Row = (String, String, DateTime<Utc>, Option<DateTime<Utc>>, bool);
    let has_place =
        dsl::made_in.is_not_null().or(dsl::made_on.is_not_null()).or(dsl::made_from.is_not_null());
    let rows: Vec<Row> = dsl::amazon_links
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::made_by, dsl::linked_at, dsl::confirmed_at, has_place))
        .load(conn)?;
    Ok(batch(
        "I13",
        "amazon_links",
        &rows,
        |row| &row.0,
        |(_, made_by, linked_at, confirmed_at, has_place)| match (made_by.as_str(), confirmed_at) {
            ("browser" | "new_player", None) => Some("needs no confirmation and has none"),
            ("browser" | "new_player" | "game_token" | "game_code", Some(at)) if at < linked_at => {
                Some("was confirmed before it was made")
            }
            ("browser" | "new_player" | "game_token" | "game_code", Some(_)) if *has_place => {
                Some("is confirmed and still says where it was made")
            }
            ("browser" | "new_player" | "game_token" | "game_code", _) => None,
            _ => Some("was made by something unknown"),
        },
    ))
}

/// Checks I13: no browser is signed in by a link that nobody has confirmed.
pub(super) fn sessions_of_unconfirmed_ones(
    conn: &mut Conn,
    tools: &VerifyTools,
    after: &str,
) -> QueryResult<VerifyBatch> {
    use sessions::dsl;
    let link = amazon_links::table
        .filter(amazon_links::player_id.eq(dsl::player_id))
        .filter(amazon_links::confirmed_at.is_null());
    let rows: Vec<(String, String, DateTime<Utc>, bool)> = dsl::sessions
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(BATCH)
        .select((dsl::id, dsl::signed_in_with, dsl::expires_at, exists(link)))
        .load(conn)?;
    Ok(batch(
        "I13",
        "sessions",
        &rows,
        |row| &row.0,
        |(_, with, expires_at, is_unconfirmed)| {
            (with == "amazon" && *is_unconfirmed && *expires_at > tools.now)
                .then_some("was begun by a link that nobody has confirmed")
        },
    ))
}
