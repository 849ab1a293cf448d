//! Queries for the codes mailed at sign-in, and for sign-ins that wait for the second factor.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::players;
use crate::accounts::sign_in::mailed_code::NewSignInCode;
use crate::accounts::sign_in::pending::NewPendingSignIn;
use crate::platform::db::schema::pending_sign_ins;
use crate::platform::db::schema::sign_in_codes::{self, dsl};
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::PlayerId;
use crate::sessions::SignedInWith;

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

/// A sign-in that waits for the second factor.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = pending_sign_ins)]
pub(in crate::accounts) struct PendingSignIn {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub player_version: i64,
    #[diesel(column_name = signed_in_with)]
    pub with: SignedInWith,
    pub is_remembered: bool,
    pub next: Option<String>,
}

/// Stores what waits in the browser, in place of an older one, with the player's present version.
pub(super) fn put_pending(conn: &mut Conn, new: &NewPendingSignIn) -> QueryResult<()> {
    use pending_sign_ins::dsl;
    // The caller has locked the player's row, so the player is there.
    let version = players::store::version_or_closing(conn, &new.player)?.ok_or(diesel::NotFound)?;
    let of_browser = dsl::pending_sign_ins.filter(dsl::browser_hash.eq(&new.browser_hash));
    diesel::delete(of_browser).execute(conn)?;
    diesel::insert_into(pending_sign_ins::table)
        .values((
            dsl::id.eq(&new.id),
            dsl::browser_hash.eq(&new.browser_hash),
            dsl::player_id.eq(&new.player),
            dsl::player_version.eq(version),
            dsl::signed_in_with.eq(new.with),
            dsl::is_remembered.eq(new.is_remembered),
            dsl::next.eq(new.next.as_deref()),
            dsl::created_at.eq(UtcTime::from(new.created_at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// The sign-in that waits in this browser.
pub(super) fn find_pending(
    conn: &mut Conn,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<PendingSignIn>> {
    use pending_sign_ins::dsl;
    dsl::pending_sign_ins
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select(PendingSignIn::as_select())
        .first(conn)
        .optional()
}

/// Uses it up. False if another request was first, or its time is over.
pub(super) fn spend_pending(conn: &mut Conn, id: &str, now: DateTime<Utc>) -> QueryResult<bool> {
    use pending_sign_ins::dsl;
    let open = dsl::pending_sign_ins.filter(dsl::id.eq(id)).filter(dsl::expires_at.gt(UtcTime::from(now)));
    Ok(diesel::delete(open).execute(conn)? == 1)
}

/// Ends all that wait for this player's second factor, because it is turned off.
pub(in crate::accounts) fn end_pending_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    use pending_sign_ins::dsl;
    diesel::delete(dsl::pending_sign_ins.filter(dsl::player_id.eq(player))).execute(conn).map(drop)
}

/// Deletes at most `limit` whose time is over. Returns how many.
pub fn sweep_pending(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    use pending_sign_ins::dsl;
    let over: Vec<String> = dsl::pending_sign_ins
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::pending_sign_ins.filter(dsl::id.eq_any(over))).execute(conn)
}
