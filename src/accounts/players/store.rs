//! Queries of the players' table.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::accounts::players::model::{
    NewGamePlayer, NewPlayer, PlayerAccount, PlayerCredentials, Segments, TABLE, read_segments,
};
use crate::platform::db::schema::players::dsl;
use crate::platform::db::schema::{amazon_links, devices, passkeys};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::email::EmailAddress;
use crate::platform::ids::PlayerId;
use crate::platform::name::{DisplayName, UserName};
use crate::platform::password::{StoredHash, place_of_hash};
use crate::sealed_column;
use crate::sessions::SessionOrigin;
use crate::web::current_player::LinkState;

/// The sealed columns of this table.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(players.password_sealed, |id| place_of_hash(TABLE, &id, &id))];

/// Inserts the player. A unique violation means that the address was taken meanwhile.
pub fn insert_player(conn: &mut Conn, new: &NewPlayer) -> QueryResult<()> {
    let email = new.proven_email.as_ref();
    let password = new.password.as_ref();
    let at = UtcTime::from(new.created_at);
    diesel::insert_into(dsl::players)
        .values((
            dsl::id.eq(&new.id),
            dsl::display_name.eq(new.display_name.as_str()),
            dsl::display_name_key.eq(new.display_name.key()),
            dsl::email.eq(email.map(EmailAddress::typed)),
            dsl::email_key.eq(email.map(EmailAddress::key)),
            dsl::email_proven_at.eq(email.map(|_| at)),
            dsl::password_sealed.eq(password.map(StoredHash::sealed)),
            dsl::password_changed_at.eq(password.map(|_| at)),
            dsl::language.eq(new.language.as_deref()),
            dsl::created_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// Locks the player's row until the transaction ends; false for a missing or disabled player.
///
/// No other transaction can then decide about the same login methods.
pub fn lock_player(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::disabled_at.is_null());
    // An update that changes nothing locks the row on PostgreSQL; SQLite has one writer anyway.
    Ok(diesel::update(row).set(dsl::id.eq(player)).execute(conn)? == 1)
}

/// Locks the player's row, and returns whether what began at `origin` may be finished.
///
/// False if the player is missing or disabled, the session has ended, or all that was open has been ended since.
pub fn lock_origin(conn: &mut Conn, origin: &SessionOrigin, now: DateTime<Utc>) -> QueryResult<bool> {
    Ok(lock_player(conn, &origin.player)? && origin.is_alive(conn, now)?)
}

/// The player's version. `None` for a missing or disabled player.
pub fn version_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<i64>> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::disabled_at.is_null());
    row.select(dsl::version).first(conn).optional()
}

/// The same, also for a player whose account closes and who may sign in to keep it.
pub fn version_or_closing(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<i64>> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::disabled_at.is_null().or(dsl::closes_at.is_not_null()));
    row.select(dsl::version).first(conn).optional()
}

/// Raises the player's version, so that nothing that is under way can be finished.
pub(super) fn raise_version(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let row = dsl::players.filter(dsl::id.eq(player));
    diesel::update(row).set(dsl::version.eq(dsl::version + 1)).execute(conn).map(drop)
}

/// Does the same as [`lock_player`], for disabled players as well.
pub fn lock_any_player(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let row = dsl::players.filter(dsl::id.eq(player));
    Ok(diesel::update(row).set(dsl::id.eq(player)).execute(conn)? == 1)
}

/// Locks the player's row; false for a missing player, and for a disabled one whose account does not close.
///
/// For what a player may do who signs in to keep the account. Everything else asks [`lock_player`].
pub fn lock_player_or_closing(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::disabled_at.is_null().or(dsl::closes_at.is_not_null()));
    Ok(diesel::update(row).set(dsl::id.eq(player)).execute(conn)? == 1)
}

/// The version of a player whose account closes, and when it is deleted. `None` for any other player.
pub fn closing_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<(i64, DateTime<Utc>)>> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::closes_at.is_not_null());
    row.select((dsl::version, dsl::closes_at.assume_not_null())).first(conn).optional()
}

/// Disables the player until the account is deleted at `closes_at`. False for a disabled player and one without address.
pub fn begin_closing(
    conn: &mut Conn,
    player: &PlayerId,
    at: DateTime<Utc>,
    closes_at: DateTime<Utc>,
) -> QueryResult<bool> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::disabled_at.is_null())
        .filter(dsl::email_key.is_not_null());
    let rows = diesel::update(row)
        .set((
            dsl::disabled_at.eq(Some(UtcTime::from(at))),
            dsl::closes_at.eq(Some(UtcTime::from(closes_at))),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Keeps an account that closes. False if it does not close, or is another version by now.
pub fn end_closing(conn: &mut Conn, player: &PlayerId, version: i64) -> QueryResult<bool> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::version.eq(version))
        .filter(dsl::closes_at.is_not_null());
    let rows = diesel::update(row)
        .set((dsl::disabled_at.eq(None::<UtcTime>), dsl::closes_at.eq(None::<UtcTime>)))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Players whose accounts are to be deleted by now, the longest due first.
pub fn due_closings(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<Vec<PlayerId>> {
    dsl::players
        .filter(dsl::closes_at.le(UtcTime::from(now)))
        .order(dsl::closes_at)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Whether the account is to be deleted by now.
pub fn is_due_to_close(conn: &mut Conn, player: &PlayerId, now: DateTime<Utc>) -> QueryResult<bool> {
    let due = dsl::players.filter(dsl::id.eq(player)).filter(dsl::closes_at.le(UtcTime::from(now)));
    diesel::select(diesel::dsl::exists(due)).get_result(conn)
}

/// Raises the versions of the next players in the order of their ids. Returns the last of them; `None` at the end.
///
/// By so much that no version of a lost database comes again.
pub fn raise_versions_after(
    conn: &mut Conn,
    after: &str,
    by: i64,
    limit: i64,
) -> QueryResult<Option<String>> {
    let next: Vec<String> =
        dsl::players.filter(dsl::id.gt(after)).order(dsl::id).limit(limit).select(dsl::id).load(conn)?;
    let rows = dsl::players.filter(dsl::id.eq_any(&next));
    diesel::update(rows).set(dsl::version.eq(dsl::version + by)).execute(conn)?;
    Ok(next.into_iter().next_back())
}

/// Which of these players exist.
pub fn existing_players(conn: &mut Conn, players: &[PlayerId]) -> QueryResult<Vec<PlayerId>> {
    dsl::players.filter(dsl::id.eq_any(players)).select(dsl::id).load(conn)
}

/// The player whose proven address has this key.
pub fn credentials_by_email(conn: &mut Conn, email_key: &str) -> QueryResult<Option<PlayerCredentials>> {
    let row = dsl::players.filter(dsl::email_key.eq(email_key));
    row.select(PlayerCredentials::as_select()).first(conn).optional()
}

/// The player whose user name has this key.
pub fn credentials_by_user_name(
    conn: &mut Conn,
    user_name_key: &str,
) -> QueryResult<Option<PlayerCredentials>> {
    let row = dsl::players.filter(dsl::user_name_key.eq(user_name_key));
    row.select(PlayerCredentials::as_select()).first(conn).optional()
}

/// The player with this id.
pub fn credentials_by_id(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<PlayerCredentials>> {
    let row = dsl::players.filter(dsl::id.eq(player));
    row.select(PlayerCredentials::as_select()).first(conn).optional()
}

/// Whether the player can sign in with a password: there is one, and a name or address to type with it.
///
/// Call it under [`lock_player`] where a decision depends on it.
pub fn has_usable_password(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::password_sealed.is_not_null())
        .filter(dsl::email_key.is_not_null().or(dsl::user_name_key.is_not_null()));
    diesel::select(diesel::dsl::exists(row)).get_result(conn)
}

/// Whether the player has a passkey.
pub fn has_passkey(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let own = passkeys::table.filter(passkeys::player_id.eq(player));
    diesel::select(diesel::dsl::exists(own)).get_result(conn)
}

/// Whether the player can sign in without an Amazon account: with a password or a passkey.
///
/// Call it under [`lock_player`] where a decision depends on it.
pub fn can_sign_in_without_amazon(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    Ok(has_usable_password(conn, player)? || has_passkey(conn, player)?)
}

/// Whether the player can sign in with Amazon. A link that a game made and nobody has confirmed is no login method.
///
/// The links' table is read here because the rule for the last login method counts both. Links know players, and
/// not the other way round.
pub fn can_sign_in_with_amazon(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let link = amazon_links::table
        .filter(amazon_links::player_id.eq(player))
        .filter(amazon_links::state.ne(LinkState::Revoked))
        .filter(amazon_links::confirmed_at.is_not_null());
    diesel::select(diesel::dsl::exists(link)).get_result(conn)
}

/// What besides an Amazon account proves in a browser who the player is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OtherWays {
    pub has_password: bool,
    /// A proven address, to which a code is mailed.
    pub has_email: bool,
    pub has_passkey: bool,
}

impl OtherWays {
    pub fn is_any(self) -> bool {
        self.has_password || self.has_email || self.has_passkey
    }
}

/// The ways of this player. Call it under [`lock_player`] where a decision depends on it.
pub fn other_ways(conn: &mut Conn, player: &PlayerId) -> QueryResult<OtherWays> {
    let reached = dsl::players.filter(dsl::id.eq(player)).filter(dsl::email_key.is_not_null());
    let has_email = diesel::select(diesel::dsl::exists(reached)).get_result(conn)?;
    Ok(OtherWays {
        has_password: has_usable_password(conn, player)?,
        has_email,
        has_passkey: has_passkey(conn, player)?,
    })
}

/// Sets the password in place of any earlier one.
pub fn set_password(
    conn: &mut Conn,
    player: &PlayerId,
    hash: &StoredHash,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((dsl::password_sealed.eq(hash.sealed()), dsl::password_changed_at.eq(UtcTime::from(at))))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Replaces a hash only while the old one is still stored (S5). The password stays the same.
pub fn upgrade_password(
    conn: &mut Conn,
    player: &PlayerId,
    old: &StoredHash,
    new: &StoredHash,
) -> QueryResult<bool> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::password_sealed.eq(old.sealed()));
    Ok(diesel::update(row).set(dsl::password_sealed.eq(new.sealed())).execute(conn)? == 1)
}

/// Removes the password. The caller has made sure of another login method, under [`lock_player`].
pub fn remove_password(conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> QueryResult<()> {
    diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((dsl::password_sealed.eq(None::<Vec<u8>>), dsl::password_changed_at.eq(UtcTime::from(at))))
        .execute(conn)
        .map(drop)
}

/// Whether some player has proven this address.
pub fn is_email_taken(conn: &mut Conn, email_key: &str) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(dsl::players.filter(dsl::email_key.eq(email_key)))).get_result(conn)
}

/// Which of these addresses some player has proven, by their keys.
pub fn emails_taken(conn: &mut Conn, email_keys: &[&str]) -> QueryResult<Vec<String>> {
    let taken = dsl::players.filter(dsl::email_key.eq_any(email_keys));
    taken.select(dsl::email_key.assume_not_null()).load(conn)
}

/// Sets a proven address. A unique violation means that another player proved it first.
pub fn set_email(
    conn: &mut Conn,
    player: &PlayerId,
    email: &EmailAddress,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((
            dsl::email.eq(email.typed()),
            dsl::email_key.eq(email.key()),
            dsl::email_proven_at.eq(UtcTime::from(at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The fields that the profile page changes.
pub struct ProfileUpdate<'a> {
    pub display_name: &'a DisplayName,
    /// `None` leaves the user name as it is: it may be changed, but not removed.
    pub user_name: Option<&'a UserName>,
    pub language: Option<&'a str>,
    pub sync_display_name: bool,
}

/// Writes the profile. A unique violation means that the user name is taken.
pub fn set_profile(conn: &mut Conn, player: &PlayerId, profile: &ProfileUpdate<'_>) -> QueryResult<()> {
    diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((
            dsl::display_name.eq(profile.display_name.as_str()),
            dsl::display_name_key.eq(profile.display_name.key()),
            dsl::language.eq(profile.language),
            dsl::sync_display_name.eq(profile.sync_display_name),
        ))
        .execute(conn)?;
    profile.user_name.map_or(Ok(()), |user_name| set_user_name(conn, player, user_name))
}

/// Sets the user name. A unique violation means that it is taken.
pub fn set_user_name(conn: &mut Conn, player: &PlayerId, user_name: &UserName) -> QueryResult<()> {
    diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((dsl::user_name.eq(user_name.as_str()), dsl::user_name_key.eq(user_name.key())))
        .execute(conn)
        .map(drop)
}

/// Whether this is the player's user name already, ignoring case.
pub fn is_called(conn: &mut Conn, player: &PlayerId, user_name: &UserName) -> QueryResult<bool> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::user_name_key.eq(user_name.key()));
    diesel::select(diesel::dsl::exists(row)).get_result(conn)
}

/// Sets Amazon's name, for a player who chose to follow it. Returns whether the name is another one now.
pub fn sync_display_name(conn: &mut Conn, player: &PlayerId, name: &DisplayName) -> QueryResult<bool> {
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::sync_display_name.eq(true))
        .filter(dsl::display_name.ne(name.as_str()));
    let rows = diesel::update(row)
        .set((dsl::display_name.eq(name.as_str()), dsl::display_name_key.eq(name.key())))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Inserts a player for a game, without address and perhaps without display name.
///
/// A unique violation means that the user name is taken.
pub fn insert_from_game(conn: &mut Conn, new: &NewGamePlayer) -> QueryResult<()> {
    let password = new.password.as_ref();
    let user_name = new.user_name.as_ref();
    let at = UtcTime::from(new.created_at);
    diesel::insert_into(dsl::players)
        .values((
            dsl::id.eq(&new.id),
            dsl::display_name.eq(new.display_name.as_ref().map_or("", DisplayName::as_str)),
            dsl::display_name_key.eq(new.display_name.as_ref().map(DisplayName::key).unwrap_or_default()),
            dsl::sync_display_name.eq(new.sync_display_name),
            dsl::user_name.eq(user_name.map(UserName::as_str)),
            dsl::user_name_key.eq(user_name.map(UserName::key)),
            dsl::password_sealed.eq(password.map(StoredHash::sealed)),
            dsl::password_changed_at.eq(password.map(|_| at)),
            dsl::language.eq(new.language.as_deref()),
            dsl::segments.eq(new.segments.as_deref().filter(|segments| *segments != EMPTY_OBJECT)),
            dsl::created_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// An empty JSON object, which is not stored.
const EMPTY_OBJECT: &str = "{}";

/// Replaces the segments of the player, a JSON object of strings.
pub fn set_segments(conn: &mut Conn, player: &PlayerId, segments: &str) -> QueryResult<()> {
    let stored = Some(segments).filter(|segments| *segments != EMPTY_OBJECT);
    let row = dsl::players.filter(dsl::id.eq(player));
    diesel::update(row).set(dsl::segments.eq(stored)).execute(conn).map(drop)
}

/// The segments of the player.
pub fn segments(conn: &mut Conn, player: &PlayerId) -> QueryResult<Segments> {
    let stored: Option<Option<String>> =
        dsl::players.filter(dsl::id.eq(player)).select(dsl::segments).first(conn).optional()?;
    Ok(read_segments(stored.flatten().as_deref()))
}

/// Replaces what a game keeps with the player, a JSON object.
pub fn set_script_data(conn: &mut Conn, player: &PlayerId, data: &str) -> QueryResult<()> {
    let stored = Some(data).filter(|data| *data != EMPTY_OBJECT);
    let row = dsl::players.filter(dsl::id.eq(player));
    diesel::update(row).set(dsl::script_data.eq(stored)).execute(conn).map(drop)
}

/// What a game keeps with the player.
pub fn script_data(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<String>> {
    let stored: Option<Option<String>> =
        dsl::players.filter(dsl::id.eq(player)).select(dsl::script_data).first(conn).optional()?;
    Ok(stored.flatten())
}

/// The display names of these players.
pub fn display_names(conn: &mut Conn, players: &[PlayerId]) -> QueryResult<Vec<(PlayerId, String)>> {
    dsl::players.filter(dsl::id.eq_any(players)).select((dsl::id, dsl::display_name)).load(conn)
}

/// Sets the display name.
pub fn set_display_name(conn: &mut Conn, player: &PlayerId, name: &DisplayName) -> QueryResult<()> {
    diesel::update(dsl::players.filter(dsl::id.eq(player)))
        .set((dsl::display_name.eq(name.as_str()), dsl::display_name_key.eq(name.key())))
        .execute(conn)
        .map(drop)
}

/// Sets the display name of a player who has none.
pub fn fill_display_name(conn: &mut Conn, player: &PlayerId, name: &DisplayName) -> QueryResult<()> {
    let nameless = dsl::players.filter(dsl::id.eq(player)).filter(dsl::display_name.eq(""));
    diesel::update(nameless)
        .set((dsl::display_name.eq(name.as_str()), dsl::display_name_key.eq(name.key())))
        .execute(conn)
        .map(drop)
}

/// Makes the display name follow Amazon's from now on.
pub fn follow_amazon_name(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    let row = dsl::players.filter(dsl::id.eq(player));
    diesel::update(row).set(dsl::sync_display_name.eq(true)).execute(conn).map(drop)
}

/// Sets the language that the player reads, a tag.
pub fn set_language(conn: &mut Conn, player: &PlayerId, language: &str) -> QueryResult<()> {
    let row = dsl::players.filter(dsl::id.eq(player));
    diesel::update(row).set(dsl::language.eq(language)).execute(conn).map(drop)
}

/// When the player's password last changed.
pub fn password_changed_at(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<DateTime<Utc>>> {
    let at: Option<Option<DateTime<Utc>>> =
        dsl::players.filter(dsl::id.eq(player)).select(dsl::password_changed_at).first(conn).optional()?;
    Ok(at.flatten())
}

/// Whether another player has proven this address.
pub fn is_email_anothers(conn: &mut Conn, email_key: &str, player: &PlayerId) -> QueryResult<bool> {
    let others = dsl::players.filter(dsl::email_key.eq(email_key)).filter(dsl::id.ne(player));
    diesel::select(diesel::dsl::exists(others)).get_result(conn)
}

/// Whether the player is a person's, and not only a device's.
///
/// That needs a usable password, a passkey, a proven address, to which a reset is mailed, or an Amazon identity in any
/// state. A revoked identity counts, because it can be linked again. Every entry point uses this answer. Call it
/// under [`lock_player`] where a decision depends on it.
pub fn has_person(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let links = amazon_links::table.filter(amazon_links::player_id.eq(player));
    let reached = dsl::players.filter(dsl::id.eq(player)).filter(dsl::email_key.is_not_null());
    Ok(diesel::select(diesel::dsl::exists(links)).get_result(conn)?
        || diesel::select(diesel::dsl::exists(reached)).get_result(conn)?
        || can_sign_in_without_amazon(conn, player)?)
}

/// Whether anybody can open the player: a person, or a device that is not disabled.
pub fn has_person_or_device(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    let devices =
        devices::table.filter(devices::player_id.eq(player)).filter(devices::switched_off_at.is_null());
    Ok(diesel::select(diesel::dsl::exists(devices)).get_result(conn)? || has_person(conn, player)?)
}

/// Disables a player whom nobody can open any more. False if somebody can.
pub fn disable_if_unreachable(conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> QueryResult<bool> {
    Ok(!has_person_or_device(conn, player)? && disable_player(conn, player, at)?)
}

/// Players who were disabled before an instant, and whom nobody can open: what a moved device has left behind.
///
/// A player whom staff disabled still has a device, a password, a passkey, an address or an Amazon account.
pub fn left_behind(conn: &mut Conn, before: DateTime<Utc>, limit: i64) -> QueryResult<Vec<PlayerId>> {
    let links = amazon_links::table.filter(amazon_links::player_id.eq(dsl::id));
    let of_player = devices::table.filter(devices::player_id.eq(dsl::id));
    let keys = passkeys::table.filter(passkeys::player_id.eq(dsl::id));
    dsl::players
        .filter(dsl::disabled_at.le(UtcTime::from(before)))
        .filter(dsl::email_key.is_null())
        .filter(dsl::user_name_key.is_null())
        .filter(dsl::password_sealed.is_null())
        .filter(diesel::dsl::not(diesel::dsl::exists(links)))
        .filter(diesel::dsl::not(diesel::dsl::exists(of_player)))
        .filter(diesel::dsl::not(diesel::dsl::exists(keys)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Disables the player. False if the player is disabled already.
pub fn disable_player(conn: &mut Conn, player: &PlayerId, at: DateTime<Utc>) -> QueryResult<bool> {
    let row = dsl::players.filter(dsl::id.eq(player)).filter(dsl::disabled_at.is_null());
    Ok(diesel::update(row).set(dsl::disabled_at.eq(UtcTime::from(at))).execute(conn)? == 1)
}

/// Enables the player. False if the player is enabled already.
pub fn enable_player(conn: &mut Conn, player: &PlayerId) -> QueryResult<bool> {
    // Only its player may keep an account that closes.
    let row = dsl::players
        .filter(dsl::id.eq(player))
        .filter(dsl::disabled_at.is_not_null())
        .filter(dsl::closes_at.is_null());
    Ok(diesel::update(row).set(dsl::disabled_at.eq(None::<UtcTime>)).execute(conn)? == 1)
}

/// The player as the support pages see one.
pub fn player_account(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<PlayerAccount>> {
    dsl::players.filter(dsl::id.eq(player)).select(PlayerAccount::as_select()).first(conn).optional()
}
