//! Queries of staff sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::staff_sessions::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{SessionId, StaffId};
use crate::sessions::staff::{NewStaffSession, StaffSessionRotation};
use crate::web::staff_member::StaffSession;

/// Writes the row, and ends the oldest sessions beyond the limit of one person.
pub(crate) fn start(conn: &mut Conn, new: &NewStaffSession) -> QueryResult<()> {
    let keep = i64::from(new.per_person).max(1) - 1;
    let surplus: Vec<SessionId> = dsl::staff_sessions
        .filter(dsl::staff_id.eq(&new.staff))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .offset(keep)
        .limit(i64::MAX / 2)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::staff_sessions.filter(dsl::id.eq_any(surplus))).execute(conn)?;
    diesel::insert_into(dsl::staff_sessions)
        .values((
            dsl::id.eq(&new.id),
            dsl::token_hash.eq(new.token.hash().as_str()),
            dsl::staff_id.eq(&new.staff),
            dsl::csrf_secret.eq(&new.csrf_secret),
            dsl::fresh_at.eq(UtcTime::from(new.at)),
            dsl::browser.eq(&new.browser),
            dsl::network.eq(&new.network),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::last_seen_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Gives the session its new token, with identity proven now. False if it ended or was rotated meanwhile.
pub(crate) fn rotate(conn: &mut Conn, rotation: &StaffSessionRotation) -> QueryResult<bool> {
    let session = dsl::staff_sessions
        .filter(dsl::id.eq(&rotation.session))
        .filter(dsl::token_hash.eq(&rotation.from_hash));
    let rows = diesel::update(session)
        .set((
            dsl::token_hash.eq(rotation.token.hash().as_str()),
            dsl::fresh_at.eq(UtcTime::from(rotation.at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Whether the session lives, with the token of this request.
pub(crate) fn is_alive(conn: &mut Conn, session: &StaffSession, now: DateTime<Utc>) -> QueryResult<bool> {
    let alive = dsl::staff_sessions
        .filter(dsl::id.eq(&session.id))
        .filter(dsl::token_hash.eq(&session.token_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)));
    diesel::select(diesel::dsl::exists(alive)).get_result(conn)
}

/// Ends one session. False if it does not exist.
pub(crate) fn end(conn: &mut Conn, session: &SessionId) -> QueryResult<bool> {
    Ok(diesel::delete(dsl::staff_sessions.filter(dsl::id.eq(session))).execute(conn)? == 1)
}

/// Ends every session of this person. Returns how many.
pub(crate) fn end_all(conn: &mut Conn, staff: &StaffId) -> QueryResult<usize> {
    diesel::delete(dsl::staff_sessions.filter(dsl::staff_id.eq(staff))).execute(conn)
}

/// Records that the session was used now.
pub fn touch(conn: &mut Conn, session: &SessionId, now: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(dsl::staff_sessions.filter(dsl::id.eq(session)))
        .set(dsl::last_seen_at.eq(UtcTime::from(now)))
        .execute(conn)
        .map(drop)
}

/// Removes at most `limit` expired sessions. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<SessionId> = dsl::staff_sessions
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::staff_sessions.filter(dsl::id.eq_any(over))).execute(conn)
}
