//! Queries of the held answers' table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::held_answers::dsl;
use crate::platform::db::schema::{sessions, staff_sessions};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime};
use crate::sealed_column;
use crate::sessions::held_answer::model::{HeldAnswerId, NewRow, StoredAnswer, place_of_answer};

/// The sealed columns of this table.
pub const SEALED: &[SealedColumn] = &[sealed_column!(held_answers.answer_sealed, |id| place_of_answer(&id))];

/// The most answers that wait for one browser. Whoever sends forms and fetches no page fills no table.
const PER_BROWSER: i64 = 8;

/// Writes the answer. False if the session that sent the form has ended meanwhile, or if the browser has many.
pub(super) fn insert(conn: &mut Conn, new: &NewRow) -> QueryResult<bool> {
    let abandoned = dsl::held_answers
        .filter(dsl::browser_hash.eq(new.browser.as_str()))
        .filter(dsl::expires_at.lt(UtcTime::from(new.abandoned_before)));
    diesel::delete(abandoned).execute(conn)?;
    let of_browser = dsl::held_answers.filter(dsl::browser_hash.eq(new.browser.as_str()));
    if of_browser.count().get_result::<i64>(conn)? >= PER_BROWSER {
        return Ok(false);
    }
    if let Some(session) = &new.session {
        let alive: i64 = sessions::table.filter(sessions::id.eq(session)).count().get_result(conn)?;
        if alive == 0 {
            return Ok(false);
        }
    }
    if let Some(session) = &new.staff_session {
        let of_staff = staff_sessions::table.filter(staff_sessions::id.eq(session));
        let alive: i64 = of_staff.count().get_result(conn)?;
        if alive == 0 {
            return Ok(false);
        }
    }
    diesel::insert_into(dsl::held_answers)
        .values((
            dsl::id.eq(&new.id),
            dsl::session_id.eq(new.session.as_ref()),
            dsl::staff_session_id.eq(new.staff_session.as_ref()),
            dsl::browser_hash.eq(new.browser.as_str()),
            dsl::answer_sealed.eq(&new.answer_sealed),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(|rows| rows == 1)
}

/// Deletes the answer and returns it. Of two requests at once only one gets it.
pub(super) fn take(conn: &mut Conn, id: &HeldAnswerId) -> QueryResult<Option<StoredAnswer>> {
    let row = dsl::held_answers.filter(dsl::id.eq(id));
    let found = row.select(StoredAnswer::as_select()).first(conn).optional()?;
    let rows = diesel::delete(row).execute(conn)?;
    Ok(found.filter(|_| rows == 1))
}

/// Drops what is held for a browser in which somebody signs in or out.
pub fn drop_of_browser(conn: &mut Conn, browser: &str) -> QueryResult<()> {
    diesel::delete(dsl::held_answers.filter(dsl::browser_hash.eq(browser))).execute(conn).map(drop)
}

/// Deletes at most `limit` answers that nobody has fetched in time. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<HeldAnswerId> = dsl::held_answers
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::held_answers.filter(dsl::id.eq_any(over))).execute(conn)
}
