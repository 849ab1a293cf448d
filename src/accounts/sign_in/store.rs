//! Queries for the codes mailed at sign-in.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::sign_in::mailed_code::NewSignInCode;
use crate::platform::db::schema::sign_in_codes::{self, dsl};
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::PlayerId;

/// A code with one more try counted.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sign_in_codes)]
pub(in crate::accounts) struct SignInCodeRow {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: Option<PlayerId>,
    pub is_remembered: bool,
    pub next: Option<String>,
    pub code_hash: String,
    /// The tries so far, this one included.
    pub tries: i64,
    pub created_at: DateTime<Utc>,
}

/// Stores the browser's newest code and deletes any other.
pub(super) fn put_code(conn: &mut Conn, new: &NewSignInCode) -> QueryResult<()> {
    diesel::delete(dsl::sign_in_codes.filter(dsl::browser_hash.eq(&new.browser_hash))).execute(conn)?;
    diesel::insert_into(dsl::sign_in_codes)
        .values((
            dsl::id.eq(&new.id),
            dsl::browser_hash.eq(&new.browser_hash),
            dsl::player_id.eq(new.player.as_ref()),
            dsl::is_remembered.eq(new.is_remembered),
            dsl::next.eq(new.next.as_deref()),
            dsl::code_hash.eq(&new.code_hash),
            dsl::tries.eq(0),
            dsl::created_at.eq(UtcTime::from(new.created_at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Whether a code is pending in this browser, even if its tries are used up.
pub(super) fn is_code_asked(conn: &mut Conn, browser_hash: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    let asked = dsl::sign_in_codes
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)));
    diesel::select(diesel::dsl::exists(asked)).get_result(conn)
}

/// Counts one try, if one is left.
pub(super) fn take_code_try(
    conn: &mut Conn,
    browser_hash: &str,
    max: i64,
    now: DateTime<Utc>,
) -> QueryResult<Option<SignInCodeRow>> {
    let open = dsl::sign_in_codes
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .filter(dsl::tries.lt(max));
    diesel::update(open)
        .set(dsl::tries.eq(dsl::tries + 1))
        .returning(columns_of::<SignInCodeRow>())
        .get_result(conn)
        .optional()
}

/// Uses the code up. False if another request was first.
pub(super) fn spend_code(conn: &mut Conn, id: &str) -> QueryResult<bool> {
    Ok(diesel::delete(dsl::sign_in_codes.filter(dsl::id.eq(id))).execute(conn)? == 1)
}

/// Deletes at most `limit` expired codes. Returns how many.
pub fn sweep_codes(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::sign_in_codes
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::sign_in_codes.filter(dsl::id.eq_any(over))).execute(conn)
}
