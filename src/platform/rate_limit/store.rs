//! Queries on the table of counters.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::on_backend;
use crate::platform::db::schema::throttles::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::jobs::lease::CLOCK_SKEW;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::RateBudget;

/// The budget with the longest wait, and its end, if any is blocked.
pub(super) fn blocked_until(
    conn: &mut Conn,
    budgets: &[RateBudget],
    now: DateTime<Utc>,
) -> QueryResult<Option<(Limit, DateTime<Utc>)>> {
    let at = UtcTime::from(now);
    let rows: Vec<(String, Option<DateTime<Utc>>, DateTime<Utc>)> = dsl::throttles
        .filter(dsl::id.eq_any(budgets.iter().map(|budget| &budget.id)))
        .filter(dsl::window_ends_at.gt(at))
        .filter(dsl::blocked_until.gt(at))
        .select((dsl::id, dsl::blocked_until, dsl::window_ends_at))
        .load(conn)?;
    let blocked = rows.into_iter().filter_map(|(id, until, window_ends_at)| {
        let budget = budgets.iter().find(|budget| budget.id == id)?;
        (window_ends_at <= latest_end(budget, now)).then_some((budget.limit, until?))
    });
    Ok(blocked.max_by_key(|(_, until)| *until))
}

/// The latest end that a window of this budget can have. One that ends later was begun while a clock was wrong.
fn latest_end(budget: &RateBudget, now: DateTime<Utc>) -> DateTime<Utc> {
    now + budget.window + CLOCK_SKEW
}

/// Counts one attempt. If it is not allowed, returns when the next one is.
pub(super) fn take(
    conn: &mut Conn,
    budget: &RateBudget,
    now: DateTime<Utc>,
) -> QueryResult<Option<DateTime<Utc>>> {
    let (at, latest) = (UtcTime::from(now), UtcTime::from(latest_end(budget, now)));
    let is_over = dsl::window_ends_at.le(at).or(dsl::window_ends_at.gt(latest));
    diesel::delete(dsl::throttles.filter(dsl::id.eq(&budget.id)).filter(is_over)).execute(conn)?;
    let row = (
        dsl::id.eq(&budget.id),
        dsl::taken.eq(0),
        dsl::window_ends_at.eq(UtcTime::from(now + budget.window)),
    );
    on_backend!(conn, |conn| diesel::insert_into(dsl::throttles)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    let open = dsl::throttles
        .filter(dsl::id.eq(&budget.id))
        .filter(dsl::blocked_until.is_null().or(dsl::blocked_until.le(at)));
    let counted: Option<(i64, DateTime<Utc>)> = diesel::update(open)
        .set(dsl::taken.eq(dsl::taken + 1))
        .returning((dsl::taken, dsl::window_ends_at))
        .get_result(conn)
        .optional()?;
    let Some((taken, window_ends_at)) = counted else {
        let until = blocked_until(conn, std::slice::from_ref(budget), now)?;
        return Ok(Some(until.map_or(now, |(_, until)| until)));
    };
    if let Some(pause) = budget.pause_after(taken, window_ends_at, now) {
        diesel::update(dsl::throttles.filter(dsl::id.eq(&budget.id)))
            .set(dsl::blocked_until.eq(UtcTime::from(pause)))
            .execute(conn)?;
    }
    Ok(None)
}

/// Starts the counter again. The row stays, so that an attempt that waits for it finds it and is counted.
pub(super) fn reset_counter(conn: &mut Conn, id: &str) -> QueryResult<()> {
    diesel::update(dsl::throttles.filter(dsl::id.eq(id)))
        .set((dsl::taken.eq(0), dsl::blocked_until.eq(None::<UtcTime>)))
        .execute(conn)
        .map(drop)
}

/// Deletes at most `limit` counters whose window is over. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let is_over = dsl::window_ends_at.le(UtcTime::from(now));
    let over: Vec<String> =
        dsl::throttles.filter(is_over).order(dsl::id).limit(limit).select(dsl::id).load(conn)?;
    // Checked again, because a counter that was used meanwhile has a new window.
    diesel::delete(dsl::throttles.filter(dsl::id.eq_any(over)).filter(is_over)).execute(conn)
}

/// Subtracts one attempt from each counter and ends its wait, because one attempt is allowed again.
pub(super) fn refund_attempts(conn: &mut Conn, ids: &[String]) -> QueryResult<()> {
    diesel::update(dsl::throttles.filter(dsl::id.eq_any(ids)).filter(dsl::taken.gt(0)))
        .set((dsl::taken.eq(dsl::taken - 1), dsl::blocked_until.eq(None::<UtcTime>)))
        .execute(conn)
        .map(drop)
}

/// Adds to the number in a row, which is made if it is missing, and locks it. Returns the number and the pause.
pub(super) fn add_to_number(
    conn: &mut Conn,
    id: &str,
    more: i64,
    ends_at: DateTime<Utc>,
) -> QueryResult<(i64, Option<DateTime<Utc>>)> {
    let ends_at = UtcTime::from(ends_at);
    let row = (dsl::id.eq(id), dsl::taken.eq(0), dsl::window_ends_at.eq(ends_at));
    on_backend!(conn, |conn| diesel::insert_into(dsl::throttles)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))?;
    diesel::update(dsl::throttles.filter(dsl::id.eq(id)))
        .set((dsl::taken.eq(dsl::taken + more), dsl::window_ends_at.eq(ends_at)))
        .returning((dsl::taken, dsl::blocked_until))
        .get_result(conn)
}

/// The number in a row, and the row's end. `None` if the row has ended.
pub(super) fn read_number(
    conn: &mut Conn,
    id: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(i64, DateTime<Utc>)>> {
    dsl::throttles
        .filter(dsl::id.eq(id))
        .filter(dsl::window_ends_at.gt(UtcTime::from(now)))
        .select((dsl::taken, dsl::window_ends_at))
        .first(conn)
        .optional()
}

pub(super) fn write_number(
    conn: &mut Conn,
    id: &str,
    number: i64,
    ends_at: DateTime<Utc>,
) -> QueryResult<()> {
    delete_number(conn, id)?;
    let row = (dsl::id.eq(id), dsl::taken.eq(number), dsl::window_ends_at.eq(UtcTime::from(ends_at)));
    on_backend!(conn, |conn| diesel::insert_into(dsl::throttles).values(row).execute(conn)).map(drop)
}

pub(super) fn delete_number(conn: &mut Conn, id: &str) -> QueryResult<()> {
    diesel::delete(dsl::throttles.filter(dsl::id.eq(id))).execute(conn).map(drop)
}

/// Blocks a counter until then.
pub(super) fn block(conn: &mut Conn, id: &str, until: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(dsl::throttles.filter(dsl::id.eq(id)))
        .set(dsl::blocked_until.eq(UtcTime::from(until)))
        .execute(conn)
        .map(drop)
}
