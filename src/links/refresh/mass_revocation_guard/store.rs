//! The brake's row, and the counts of a minute.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::on_backend;
use crate::platform::db::schema::{refresh_brake, refresh_counts};
use crate::platform::db::{Conn, UtcTime};

/// The one row there is.
const THE_ROW: &str = "amazon";
/// How long counts stay: longer than anybody asks for them.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// How the brake stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuardRow {
    /// Set while it is on.
    pub on_since: Option<DateTime<Utc>>,
    /// Of so many refreshes so many were refused when it was pulled last.
    pub refused: i64,
    pub refreshes: i64,
    pub released_at: Option<DateTime<Utc>>,
    pub released_by: Option<String>,
}

type GuardColumns = (Option<UtcTime>, i64, i64, Option<UtcTime>, Option<String>);

const BRAKE: (
    refresh_brake::on_since,
    refresh_brake::refused,
    refresh_brake::refreshes,
    refresh_brake::released_at,
    refresh_brake::released_by,
) = (
    refresh_brake::on_since,
    refresh_brake::refused,
    refresh_brake::refreshes,
    refresh_brake::released_at,
    refresh_brake::released_by,
);

fn brake((on_since, refused, refreshes, released_at, released_by): GuardColumns) -> GuardRow {
    let (on_since, released_at) = (on_since.map(Into::into), released_at.map(Into::into));
    GuardRow { on_since, refused, refreshes, released_at, released_by }
}

/// How the brake stands now.
pub fn status(conn: &mut Conn) -> QueryResult<GuardRow> {
    refresh_brake::table.find(THE_ROW).select(BRAKE).first(conn).map(brake)
}

/// The same, with the row taken for the rest of the transaction.
pub(super) fn take(conn: &mut Conn) -> QueryResult<GuardRow> {
    diesel::update(refresh_brake::table.find(THE_ROW))
        .set(refresh_brake::id.eq(THE_ROW))
        .returning(BRAKE)
        .get_result(conn)
        .map(brake)
}

pub(super) fn pull(conn: &mut Conn, at: DateTime<Utc>, refused: i64, refreshes: i64) -> QueryResult<()> {
    diesel::update(refresh_brake::table.find(THE_ROW))
        .set((
            refresh_brake::on_since.eq(Some(UtcTime::from(at))),
            refresh_brake::refused.eq(refused),
            refresh_brake::refreshes.eq(refreshes),
        ))
        .execute(conn)
        .map(drop)
}

/// Takes the brake off and forgets the counts. False if it was off.
pub(super) fn release(conn: &mut Conn, by: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let pulled = refresh_brake::table.find(THE_ROW).filter(refresh_brake::on_since.is_not_null());
    let rows = diesel::update(pulled)
        .set((
            refresh_brake::on_since.eq(None::<UtcTime>),
            refresh_brake::released_at.eq(Some(UtcTime::from(at))),
            refresh_brake::released_by.eq(Some(by)),
        ))
        .execute(conn)?;
    if rows == 1 {
        diesel::delete(refresh_counts::table).execute(conn)?;
    }
    Ok(rows == 1)
}

/// Adds to a row of a minute, or begins it.
pub(super) fn count(
    conn: &mut Conn,
    minute: DateTime<Utc>,
    shard: i64,
    renewed: i64,
    refused: i64,
) -> QueryResult<()> {
    use refresh_counts::dsl;
    let key = (dsl::minute.eq(UtcTime::from(minute)), dsl::shard.eq(shard));
    let row = (key, dsl::renewed.eq(renewed), dsl::refused.eq(refused));
    let more = (dsl::renewed.eq(dsl::renewed + renewed), dsl::refused.eq(dsl::refused + refused));
    on_backend!(conn, |conn| diesel::insert_into(dsl::refresh_counts)
        .values(row)
        .on_conflict((dsl::minute, dsl::shard))
        .do_update()
        .set(more)
        .execute(conn))
    .map(drop)
}

/// Renewals and refusals since `minute`. A window has two hundred rows at most.
pub(super) fn sums(conn: &mut Conn, minute: DateTime<Utc>) -> QueryResult<(i64, i64)> {
    use refresh_counts::dsl;
    let rows: Vec<(i64, i64)> = dsl::refresh_counts
        .filter(dsl::minute.gt(UtcTime::from(minute)))
        .select((dsl::renewed, dsl::refused))
        .load(conn)?;
    Ok(rows.into_iter().fold((0, 0), |(renewed, refused), row| (renewed + row.0, refused + row.1)))
}

/// Forgets counts older than an hour. There are never many, so `limit` is not asked. Returns how many went.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, _limit: i64) -> QueryResult<usize> {
    use refresh_counts::dsl;
    let over = dsl::refresh_counts.filter(dsl::minute.le(UtcTime::from(now - KEPT)));
    diesel::delete(over).execute(conn)
}
