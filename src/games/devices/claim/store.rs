//! Reads and writes the table `claim_codes`.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;

use crate::platform::db::schema::claim_codes::{self, dsl};
use crate::platform::db::schema::{devices, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SessionOrigin;
use crate::stored_enum;

/// How long after its expiry the outcome of a code can be read.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// Entries after which a code is invalid.
pub(super) const MAX_ENTRIES: i64 = 10;

stored_enum! {
    /// The outcome of a claim.
    pub(super) enum ClaimOutcome {
        /// The player has become an account.
        Claimed = "claimed",
        /// The device was moved to another player.
        Moved = "moved",
    }
}

/// A code to insert.
#[derive(Clone)]
pub(super) struct NewClaimCode {
    pub id: String,
    pub player: PlayerId,
    pub player_version: i64,
    /// The game's session that asked. `None` if a game server did.
    pub session: Option<SessionId>,
    /// The hash of the token with which the game asked.
    pub token_hash: Option<String>,
    pub selector: String,
    pub hash: String,
    pub api_key: String,
    /// The label for a game that never sent a device id.
    pub label: String,
    pub network: String,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Replaces the player's code by a new one, with the device that was last used with this game.
///
/// A unique violation means that another code has the same first half.
pub(super) fn insert_code(conn: &mut Conn, new: &NewClaimCode) -> QueryResult<()> {
    diesel::delete(dsl::claim_codes.filter(dsl::player_id.eq(&new.player))).execute(conn)?;
    let device: Option<(String, String)> = devices::table
        .filter(devices::player_id.eq(&new.player))
        .filter(devices::api_key.eq(&new.api_key))
        .filter(devices::switched_off_at.is_null())
        .order((devices::last_used_at.desc(), devices::id.desc()))
        .select((devices::id, devices::label))
        .first(conn)
        .optional()?;
    let (device, label) = device.map_or((None, new.label.clone()), |(id, label)| (Some(id), label));
    diesel::insert_into(dsl::claim_codes)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::player_version.eq(new.player_version),
            dsl::session_id.eq(new.session.as_ref()),
            dsl::token_hash.eq(new.token_hash.as_ref()),
            dsl::device_id.eq(device),
            dsl::selector.eq(&new.selector),
            dsl::code_hash.eq(&new.hash),
            dsl::api_key.eq(&new.api_key),
            dsl::device_label.eq(label),
            dsl::network.eq(&new.network),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// A code that nothing has ended, neither an outcome nor the time.
#[auto_type]
fn is_open(now: DateTime<Utc>) -> _ {
    let at: UtcTime = UtcTime::from(now);
    dsl::outcome.is_null().and(dsl::expires_at.gt(at))
}

/// Counts one entry of a valid code before it is checked, and returns its id and hash.
///
/// A code that is bound to one browser is not found for another.
pub(super) fn count_entry(
    conn: &mut Conn,
    selector: &str,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(String, String)>> {
    let open = dsl::claim_codes
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
pub(super) fn bind_to_browser(conn: &mut Conn, id: &str, browser_hash: &str) -> QueryResult<Option<String>> {
    let unbound = dsl::claim_codes
        .filter(dsl::id.eq(id))
        .filter(dsl::browser_hash.is_null().or(dsl::browser_hash.eq(browser_hash)));
    diesel::update(unbound)
        .set(dsl::browser_hash.eq(browser_hash))
        .returning(dsl::network)
        .get_result(conn)
        .optional()
}

/// An open claim that is bound to a browser.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = claim_codes)]
pub(super) struct Claim {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub player_version: i64,
    #[diesel(column_name = session_id)]
    pub session: Option<SessionId>,
    pub token_hash: Option<String>,
    #[diesel(select_expression = players::display_name)]
    pub player_name: String,
    #[diesel(select_expression = players::user_name)]
    pub user_name: Option<String>,
    #[diesel(select_expression = players::created_at)]
    pub player_since: DateTime<Utc>,
    #[diesel(column_name = device_id)]
    pub device: Option<String>,
    #[diesel(column_name = device_label)]
    pub label: String,
    pub api_key: String,
    pub network: String,
    pub created_at: DateTime<Utc>,
}

impl Claim {
    /// The game's session that began the claim.
    pub fn origin(&self) -> SessionOrigin {
        SessionOrigin {
            player: self.player.clone(),
            player_version: self.player_version,
            session: self.session.clone(),
        }
    }
}

/// The browser's open claim.
pub(super) fn find_claim(
    conn: &mut Conn,
    browser_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<Claim>> {
    dsl::claim_codes
        .inner_join(players::table.on(players::id.eq(dsl::player_id)))
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(is_open(now))
        .filter(players::disabled_at.is_null())
        .order(dsl::created_at.desc())
        .select(Claim::as_select())
        .first(conn)
        .optional()
}

/// Ends a claim. Returns false if it has ended already.
pub(super) fn finish_claim(
    conn: &mut Conn,
    id: &str,
    browser_hash: &str,
    outcome: ClaimOutcome,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let open = dsl::claim_codes
        .filter(dsl::id.eq(id))
        .filter(dsl::browser_hash.eq(browser_hash))
        .filter(is_open(now));
    Ok(diesel::update(open).set(dsl::outcome.eq(Some(outcome))).execute(conn)? == 1)
}

/// Deletes the browser's open claim. The player is not changed, and the game may ask for another code.
pub(super) fn forget_claim(conn: &mut Conn, browser_hash: &str) -> QueryResult<()> {
    let open = dsl::claim_codes.filter(dsl::browser_hash.eq(browser_hash)).filter(dsl::outcome.is_null());
    diesel::delete(open).execute(conn).map(drop)
}

/// A code's outcome, its number of entries, and its expiry.
type ClaimProgressRow = (Option<ClaimOutcome>, i64, DateTime<Utc>);

/// The progress of a code.
pub(super) fn claim_progress(conn: &mut Conn, id: &str) -> QueryResult<Option<ClaimProgressRow>> {
    dsl::claim_codes
        .filter(dsl::id.eq(id))
        .select((dsl::outcome, dsl::tries, dsl::expires_at))
        .first(conn)
        .optional()
}

/// Deletes at most `limit` codes whose outcome is no longer readable. Returns the number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let expired: Vec<String> = dsl::claim_codes
        .filter(dsl::expires_at.le(UtcTime::from(now - KEPT)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::claim_codes.filter(dsl::id.eq_any(expired))).execute(conn)
}
