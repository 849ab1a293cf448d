//! Queries on the guard's row and on the counts of each minute.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::on_backend;
use crate::platform::db::schema::{refresh_brake, refresh_counts};
use crate::platform::db::{Conn, UtcTime, columns_of};

/// The id of the only row.
const THE_ROW: &str = "amazon";
/// How long counts are kept: longer than the window of the guard.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// The state of the guard.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = refresh_brake)]
pub struct GuardRow {
    /// Set while the guard is on.
    pub on_since: Option<DateTime<Utc>>,
    /// How many of how many refreshes were refused when the guard was last turned on.
    pub refused: i64,
    pub refreshes: i64,
    pub released_at: Option<DateTime<Utc>>,
    pub released_by: Option<String>,
}

pub fn guard_status(conn: &mut Conn) -> QueryResult<GuardRow> {
    refresh_brake::table.find(THE_ROW).select(GuardRow::as_select()).first(conn)
}

/// The state of the guard, with its row locked for the rest of the transaction.
pub(super) fn lock_guard(conn: &mut Conn) -> QueryResult<GuardRow> {
    diesel::update(refresh_brake::table.find(THE_ROW))
        .set(refresh_brake::id.eq(THE_ROW))
        .returning(columns_of::<GuardRow>())
        .get_result(conn)
}

pub(super) fn trip_guard(
    conn: &mut Conn,
    at: DateTime<Utc>,
    refused: i64,
    refreshes: i64,
) -> QueryResult<()> {
    diesel::update(refresh_brake::table.find(THE_ROW))
        .set((
            refresh_brake::on_since.eq(Some(UtcTime::from(at))),
            refresh_brake::refused.eq(refused),
            refresh_brake::refreshes.eq(refreshes),
        ))
        .execute(conn)
        .map(drop)
}

/// Turns the guard off and deletes the counts. False if it was off.
pub(super) fn release_guard(conn: &mut Conn, by: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let tripped = refresh_brake::table.find(THE_ROW).filter(refresh_brake::on_since.is_not_null());
    let rows = diesel::update(tripped)
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

/// Adds to a row of a minute, and inserts it if it is missing.
pub(super) fn count_outcome(
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

/// Renewals and refusals in the minutes after `minute`. A window has at most two hundred rows.
pub(super) fn outcome_sums(conn: &mut Conn, minute: DateTime<Utc>) -> QueryResult<(i64, i64)> {
    use refresh_counts::dsl;
    let rows: Vec<(i64, i64)> = dsl::refresh_counts
        .filter(dsl::minute.gt(UtcTime::from(minute)))
        .select((dsl::renewed, dsl::refused))
        .load(conn)?;
    Ok(rows.into_iter().fold((0, 0), |(renewed, refused), row| (renewed + row.0, refused + row.1)))
}

/// Deletes counts older than an hour. They are few, so `limit` is not used. Returns the number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, _limit: i64) -> QueryResult<usize> {
    use refresh_counts::dsl;
    let over = dsl::refresh_counts.filter(dsl::minute.le(UtcTime::from(now - KEPT)));
    diesel::delete(over).execute(conn)
}
