//! The joined read behind every signed-in page.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::links::{LinkState, Stage, StateCause};
use crate::on_backend;
use crate::platform::db::schema::{amazon_links, link_attempts, players, sessions, staff, staff_sessions};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId, SessionId, StaffId};
use crate::sessions::SignedInWith;
use crate::support::staff::Role;
use crate::web::current_player::{CurrentLink, CurrentPlayer, CurrentPlayerProfile, CurrentSession};
use crate::web::staff_member::{CurrentStaffMember, StaffSession};

type SessionColumns = (SessionId, String, String, SignedInWith, bool, Option<UtcTime>, UtcTime, bool);
type PlayerColumns =
    (PlayerId, String, Option<String>, Option<String>, bool, Option<String>, bool, UtcTime, Option<UtcTime>);
type LinkColumns =
    (LinkId, LinkState, UtcTime, Option<StateCause>, Option<String>, Option<String>, bool, UtcTime, UtcTime);

/// The player behind a session token, and when the session was last used. `None` for disabled players.
pub(super) fn find(
    conn: &mut Conn,
    token_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(CurrentPlayer, DateTime<Utc>)>> {
    let awaits_amazon = exists(
        link_attempts::table
            .filter(link_attempts::session_id.eq(sessions::id.nullable()))
            .filter(link_attempts::stage.eq(Stage::Begun))
            .filter(link_attempts::expires_at.gt(UtcTime::from(now))),
    );
    let one = sessions::table
        .inner_join(players::table.left_join(amazon_links::table))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(sessions::expires_at.gt(UtcTime::from(now)))
        .filter(players::disabled_at.is_null())
        .select((
            (
                sessions::id,
                sessions::token_hash,
                sessions::csrf_secret,
                sessions::signed_in_with,
                sessions::is_remembered,
                sessions::fresh_at,
                sessions::last_seen_at,
                awaits_amazon,
            ),
            (
                players::id,
                players::display_name,
                players::user_name,
                players::email,
                players::password_sealed.is_not_null(),
                players::language,
                players::sync_display_name,
                players::created_at,
                players::email_proven_at,
            ),
            (
                amazon_links::id,
                amazon_links::state,
                amazon_links::state_since,
                amazon_links::state_cause,
                amazon_links::amazon_name,
                amazon_links::amazon_email,
                amazon_links::refresh_token_sealed.is_not_null(),
                amazon_links::linked_at,
                amazon_links::checked_at,
            )
                .nullable(),
        ));
    // Not `first`: its LIMIT is a bound value, for which SQLite plans the whole join anew each time. There is at
    // most one row, because a token has one session and a player has one link.
    let row: Option<(SessionColumns, PlayerColumns, Option<LinkColumns>)> =
        on_backend!(conn, |conn| one.get_result(conn)).optional()?;
    Ok(row.map(|(session, player, link)| {
        let last_seen_at = session.6.into();
        (
            CurrentPlayer {
                session: session_of(session),
                player: player_of(player),
                link: link.map(link_of),
            },
            last_seen_at,
        )
    }))
}

fn session_of(
    (id, token_hash, csrf_secret, signed_in_with, is_remembered, fresh_at, _, awaits_amazon): SessionColumns,
) -> CurrentSession {
    let fresh_at = fresh_at.map(Into::into);
    CurrentSession { id, token_hash, csrf_secret, signed_in_with, is_remembered, fresh_at, awaits_amazon }
}

fn player_of(
    (id, display_name, user_name, email, has_password, language, sync_display_name, created_at, _): PlayerColumns,
) -> CurrentPlayerProfile {
    let created_at = created_at.into();
    // A device may have brought no name, but pages need one.
    let display_name = if display_name.is_empty() {
        user_name.clone().unwrap_or_else(|| "Player".to_owned())
    } else {
        display_name
    };
    CurrentPlayerProfile {
        id,
        display_name,
        user_name,
        email,
        has_password,
        language,
        sync_display_name,
        created_at,
    }
}

fn link_of(
    (id, state, since, state_cause, amazon_name, amazon_email, is_renewable, linked_at, checked_at): LinkColumns,
) -> CurrentLink {
    CurrentLink {
        id,
        state,
        state_since: since.into(),
        state_cause,
        amazon_name,
        amazon_email,
        is_renewable,
        linked_at: linked_at.into(),
        checked_at: checked_at.into(),
    }
}

/// The member of staff behind a session token, and when the session was last used.
///
/// `None` if they are disabled, or lack a password or a second factor (S122).
pub(super) fn find_staff(
    conn: &mut Conn,
    token_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(CurrentStaffMember, DateTime<Utc>)>> {
    type Columns = (SessionId, String, String, Option<UtcTime>, UtcTime, StaffId, String, Role);
    let row: Option<Columns> = staff_sessions::table
        .inner_join(staff::table)
        .filter(staff_sessions::token_hash.eq(token_hash))
        .filter(staff_sessions::expires_at.gt(UtcTime::from(now)))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_sealed.is_not_null())
        .filter(staff::totp_sealed.is_not_null())
        .select((
            staff_sessions::id,
            staff_sessions::token_hash,
            staff_sessions::csrf_secret,
            staff_sessions::fresh_at,
            staff_sessions::last_seen_at,
            staff::id,
            staff::email,
            staff::role,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(session, token_hash, csrf_secret, fresh_at, last_seen_at, id, email, role)| {
        let fresh_at = fresh_at.map(Into::into);
        let session = StaffSession { id: session, token_hash, csrf_secret, fresh_at };
        (CurrentStaffMember { id, email, role, session }, last_seen_at.into())
    }))
}
