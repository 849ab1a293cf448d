//! Queries of staff sessions.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::staff;
use crate::platform::db::schema::staff_sessions::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{SessionId, StaffId};
use crate::sessions::staff::{NewStaffSession, StaffSessionRotation};
use crate::web::staff_member::Role;
use crate::web::{CurrentStaffMember, Permission};

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

/// Locks the member's row, and checks that the session lives and that its member still has the permission.
///
/// A form may arrive long after its head, and its session or the member's role may have ended meanwhile. Every write
/// of staff therefore begins with this.
pub(crate) fn hold(
    conn: &mut Conn,
    member: &CurrentStaffMember,
    permission: Permission,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let row = staff::table.filter(staff::id.eq(&member.id)).filter(staff::disabled_at.is_null());
    let role: Option<Role> = diesel::update(row)
        .set(staff::id.eq(&member.id))
        .returning(staff::role)
        .get_result(conn)
        .optional()?;
    let session = dsl::staff_sessions
        .filter(dsl::id.eq(&member.session.id))
        .filter(dsl::token_hash.eq(&member.session.token_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)));
    Ok(role.is_some_and(|role| role.may(permission))
        && diesel::select(diesel::dsl::exists(session)).get_result(conn)?)
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
