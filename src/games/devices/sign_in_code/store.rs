//! Reads and writes the table `game_sign_in_codes`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;

use super::model::{ShownPlayer, SignInCode, SignInCodeOutcome};
use crate::platform::crypto::token::TokenHash;
use crate::platform::db::schema::game_sign_in_codes::{self, dsl};
use crate::platform::db::schema::{devices, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::{SessionOrigin, SignedInWith};

/// Entries after which a code is invalid.
pub(super) const MAX_ENTRIES: i64 = 10;

/// How long after its expiry the outcome of a code can be read.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// A code to insert.
#[derive(Clone)]
pub(super) struct NewSignInCode {
    pub id: String,
    pub linking_hash: TokenHash,
    /// The TV's player, if it has one.
    pub origin: Option<SessionOrigin>,
    pub selector: String,
    pub hash: String,
    pub api_key: String,
    pub label: String,
    pub network: String,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// A code that nothing has ended, neither an outcome nor the time.
#[auto_type]
fn is_open(now: DateTime<Utc>) -> _ {
    let at: UtcTime = UtcTime::from(now);
    dsl::outcome.is_null().and(dsl::expires_at.gt(at))
}

/// Inserts the code. The open codes of the same player, and the open code `former`, are replaced.
///
/// Returns how many were replaced. A unique violation means that another code has the same first half.
pub(super) fn insert_code(conn: &mut Conn, new: &NewSignInCode, former: Option<&str>) -> QueryResult<usize> {
    let player = new.origin.as_ref().map(|origin| &origin.player);
    // No row has the empty id.
    let (of_player, of_connection) = (player.map_or("", PlayerId::as_str), former.unwrap_or_default());
    let open = dsl::game_sign_in_codes
        .filter(is_open(new.at))
        .filter(dsl::player_id.eq(of_player).assume_not_null().or(dsl::id.eq(of_connection)));
    let replaced =
        diesel::update(open).set(dsl::outcome.eq(Some(SignInCodeOutcome::Replaced))).execute(conn)?;
    // A first half is free again once its code is over.
    let over = dsl::game_sign_in_codes
        .filter(dsl::selector.eq(&new.selector))
        .filter(dsl::outcome.is_null())
        .filter(dsl::expires_at.le(UtcTime::from(new.at)));
    diesel::delete(over).execute(conn)?;
    let label = match player.filter(|_| new.label.is_empty()) {
        Some(player) => last_device_label(conn, player, &new.api_key)?,
        None => new.label.clone(),
    };
    diesel::insert_into(game_sign_in_codes::table)
        .values((
            dsl::id.eq(&new.id),
            dsl::linking_hash.eq(new.linking_hash.as_str()),
            dsl::player_id.eq(player),
            dsl::player_version.eq(new.origin.as_ref().map_or(0, |origin| origin.player_version)),
            dsl::session_id.eq(new.origin.as_ref().and_then(|origin| origin.session.as_ref())),
            dsl::selector.eq(&new.selector),
            dsl::code_hash.eq(&new.hash),
            dsl::tries.eq(0),
            dsl::api_key.eq(&new.api_key),
            dsl::device_label.eq(label),
            dsl::network.eq(&new.network),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(replaced)
}

/// The label of the player's device that was last used with this game.
fn last_device_label(conn: &mut Conn, player: &PlayerId, api_key: &str) -> QueryResult<String> {
    let label: Option<String> = devices::table
        .filter(devices::player_id.eq(player))
        .filter(devices::api_key.eq(api_key))
        .filter(devices::switched_off_at.is_null())
        .order((devices::last_used_at.desc(), devices::id.desc()))
        .select(devices::label)
        .first(conn)
        .optional()?;
    Ok(label.unwrap_or_default())
}

/// Counts one entry of a valid code before it is checked, and returns its id and hash.
///
/// A code that is bound to one browser is not found for another.
pub(in crate::games::devices) fn count_entry(
    conn: &mut Conn,
    selector: &str,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(String, String)>> {
    let open = dsl::game_sign_in_codes
        .filter(dsl::selector.eq(selector))
        .filter(is_open(now))
        .filter(dsl::tries.lt(MAX_ENTRIES))
        .filter(dsl::browser_hash.is_null().or(dsl::browser_hash.eq(browser_hash)));
    diesel::update(open)
        .set(dsl::tries.eq(dsl::tries + 1))
        .returning((dsl::id, dsl::code_hash))
        .get_result(conn)
        .optional()
}

/// Binds a right code to a browser, and returns the network of the game. `None` if another browser was faster.
pub(in crate::games::devices) fn bind_to_browser(
    conn: &mut Conn,
    id: &str,
    browser_hash: &str,
) -> QueryResult<Option<String>> {
    let unbound = dsl::game_sign_in_codes
        .filter(dsl::id.eq(id))
        .filter(dsl::outcome.is_null())
        .filter(dsl::browser_hash.is_null().or(dsl::browser_hash.eq(browser_hash)));
    diesel::update(unbound)
        .set(dsl::browser_hash.eq(browser_hash))
        .returning(dsl::network)
        .get_result(conn)
        .optional()
}

/// The browser's open code, typed last or not.
pub(super) fn find_open(
    conn: &mut Conn,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<SignInCode>> {
    dsl::game_sign_in_codes
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(is_open(now))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .select(SignInCode::as_select())
        .first(conn)
        .optional()
}

/// The name of a player, and since when they play.
pub(super) fn shown_player(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<ShownPlayer>> {
    players::table
        .filter(players::id.eq(player))
        .filter(players::disabled_at.is_null())
        .select(ShownPlayer::as_select())
        .first(conn)
        .optional()
}

/// Ends a code that this browser holds. False if it has ended already.
pub(super) fn end_code(
    conn: &mut Conn,
    id: &str,
    browser_hash: &str,
    outcome: SignInCodeOutcome,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = dsl::game_sign_in_codes
        .filter(dsl::id.eq(id))
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(is_open(now));
    Ok(diesel::update(open).set(dsl::outcome.eq(Some(outcome))).execute(conn)? == 1)
}

/// Ends a code by a permission to sign in as a player, until `until`. False if the code has ended already.
pub(super) fn grant_code(
    conn: &mut Conn,
    id: &str,
    browser_hash: &str,
    grant: &SessionOrigin,
    with: SignedInWith,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = dsl::game_sign_in_codes
        .filter(dsl::id.eq(id))
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(is_open(now));
    let rows = diesel::update(open)
        .set((
            dsl::outcome.eq(Some(SignInCodeOutcome::SignedIn)),
            dsl::granted_player_id.eq(Some(&grant.player)),
            dsl::granted_version.eq(Some(grant.player_version)),
            dsl::granted_session_id.eq(grant.session.as_ref()),
            dsl::granted_with.eq(Some(with)),
            dsl::expires_at.eq(UtcTime::from(until)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The code with this secret of its game.
pub(super) fn find_by_linking(conn: &mut Conn, linking: &TokenHash) -> QueryResult<Option<SignInCode>> {
    dsl::game_sign_in_codes
        .filter(dsl::linking_hash.eq(linking.as_str()))
        .select(SignInCode::as_select())
        .first(conn)
        .optional()
}

/// The codes with these ids.
pub(super) fn find_all(conn: &mut Conn, ids: &[String]) -> QueryResult<Vec<SignInCode>> {
    dsl::game_sign_in_codes.filter(dsl::id.eq_any(ids)).select(SignInCode::as_select()).load(conn)
}

/// Notes the TV's session, which a repeated request gets again.
pub(super) fn note_game_session(conn: &mut Conn, id: &str, session: &SessionId) -> QueryResult<()> {
    diesel::update(dsl::game_sign_in_codes.filter(dsl::id.eq(id)))
        .set(dsl::game_session_id.eq(Some(session)))
        .execute(conn)
        .map(drop)
}

/// Deletes at most `limit` codes whose outcome is no longer readable. Returns the number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::game_sign_in_codes
        .filter(dsl::expires_at.le(UtcTime::from(now - KEPT)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::game_sign_in_codes.filter(dsl::id.eq_any(over))).execute(conn)
}
