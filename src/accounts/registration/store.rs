//! Queries of the registrations' table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::registration::model::{NewRegistration, PendingRegistration, RegistrationId, TABLE};
use crate::platform::db::schema::registrations::dsl;
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::password::place_of_hash;
use crate::sealed_column;

/// The sealed columns of this table.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(registrations.password_sealed, |id| place_of_hash(TABLE, &id, ""))];

/// Stores the registration in place of an earlier one of this browser.
pub(super) fn put(conn: &mut Conn, new: &NewRegistration) -> QueryResult<()> {
    diesel::delete(dsl::registrations.filter(dsl::browser_hash.eq(&new.browser_hash))).execute(conn)?;
    diesel::insert_into(dsl::registrations)
        .values((
            dsl::id.eq(&new.id),
            dsl::browser_hash.eq(&new.browser_hash),
            dsl::display_name.eq(new.display_name.as_str()),
            dsl::email.eq(new.email.typed()),
            dsl::email_key.eq(new.email.key()),
            dsl::is_taken.eq(new.is_taken),
            dsl::password_sealed.eq(new.password.sealed()),
            dsl::language.eq(Some(new.language)),
            dsl::next.eq(new.next.as_deref()),
            dsl::code_hash.eq(&new.code_hash),
            dsl::tries.eq(0),
            dsl::created_at.eq(UtcTime::from(new.created_at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The registration that waits in this browser, unless it has expired.
pub(super) fn waiting(
    conn: &mut Conn,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<PendingRegistration>> {
    dsl::registrations
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .select(PendingRegistration::as_select())
        .first(conn)
        .optional()
}

/// Counts one try, before anything is checked (S14).
///
/// Returns how many there were, this one included; `None` if none is left.
pub(super) fn count_try(conn: &mut Conn, id: &RegistrationId, limit: u32) -> QueryResult<Option<i64>> {
    let open = dsl::registrations.filter(dsl::id.eq(id)).filter(dsl::tries.lt(i64::from(limit)));
    diesel::update(open).set(dsl::tries.eq(dsl::tries + 1)).returning(dsl::tries).get_result(conn).optional()
}

/// Replaces the code and starts tries and time anew. False if the registration is gone.
pub(super) fn renew_code(
    conn: &mut Conn,
    id: &RegistrationId,
    code_hash: &str,
    now: DateTime<Utc>,
    expires_at: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(dsl::registrations.filter(dsl::id.eq(id)))
        .set((
            dsl::code_hash.eq(code_hash),
            dsl::tries.eq(0),
            dsl::created_at.eq(UtcTime::from(now)),
            dsl::expires_at.eq(UtcTime::from(expires_at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Deletes the registration, to make an account of it.
///
/// False if another request was first, or the code has been replaced meanwhile.
pub(super) fn take(conn: &mut Conn, id: &RegistrationId, code_hash: &str) -> QueryResult<bool> {
    let row = dsl::registrations.filter(dsl::id.eq(id)).filter(dsl::code_hash.eq(code_hash));
    Ok(diesel::delete(row).execute(conn)? == 1)
}

/// Marks that another player has proven the address meanwhile. False if that was marked already.
pub(super) fn mark_taken(conn: &mut Conn, id: &RegistrationId) -> QueryResult<bool> {
    let row = dsl::registrations.filter(dsl::id.eq(id)).filter(dsl::is_taken.eq(false));
    Ok(diesel::update(row).set(dsl::is_taken.eq(true)).execute(conn)? == 1)
}

/// Deletes at most `limit` expired registrations. Returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::registrations
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::registrations.filter(dsl::id.eq_any(over))).execute(conn)
}
