//! The joined read behind every signed-in page.

use chrono::{DateTime, Utc};
use diesel::dsl::exists;
use diesel::prelude::*;

use crate::links::Stage;
use crate::on_backend;
use crate::platform::db::schema::{
    amazon_links, email_changes, factor_recoveries, link_attempts, passkeys, players, sessions, staff,
    staff_sessions,
};
use crate::platform::db::{Conn, UtcTime};
use crate::web::current_player::{
    CurrentFactorRecovery, CurrentLink, CurrentPlayer, CurrentPlayerProfile, CurrentSession,
};
use crate::web::staff_member::CurrentStaffMember;

type CurrentPlayerRow = (
    CurrentSession,
    CurrentPlayerProfile,
    Option<CurrentLink>,
    bool,
    bool,
    bool,
    Option<CurrentFactorRecovery>,
    SessionTimes,
);

/// When a session was last used, and when it expires.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub(super) struct SessionTimes {
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = staff_sessions)]
pub(super) struct StaffSessionTimes {
    pub last_seen_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// The player behind a session token, also of an expired session. `None` for disabled players.
pub(super) fn find(
    conn: &mut Conn,
    token_hash: &str,
    now: DateTime<Utc>,
) -> QueryResult<Option<(CurrentPlayer, SessionTimes)>> {
    let awaits_amazon = exists(
        link_attempts::table
            .filter(link_attempts::session_id.eq(sessions::id.nullable()))
            .filter(link_attempts::stage.eq(Stage::Begun))
            .filter(link_attempts::expires_at.gt(UtcTime::from(now))),
    );
    let has_passkey = exists(passkeys::table.filter(passkeys::player_id.eq(sessions::player_id)));
    let awaits_email_code = exists(
        email_changes::table
            .filter(email_changes::player_id.eq(sessions::player_id))
            .filter(email_changes::expires_at.gt(UtcTime::from(now))),
    );
    // Not `first`: its LIMIT is a bound value, for which SQLite plans the whole join anew each time. There is at
    // most one row, because a token has one session and a player has one link and one recovery.
    let row: Option<CurrentPlayerRow> = on_backend!(conn, |conn| sessions::table
        .inner_join(players::table.left_join(amazon_links::table).left_join(factor_recoveries::table))
        .filter(sessions::token_hash.eq(token_hash))
        .filter(players::disabled_at.is_null())
        .select((
            CurrentSession::as_select(),
            CurrentPlayerProfile::as_select(),
            Option::<CurrentLink>::as_select(),
            awaits_amazon,
            has_passkey,
            awaits_email_code,
            Option::<CurrentFactorRecovery>::as_select(),
            SessionTimes::as_select(),
        ))
        .get_result(conn))
    .optional()?;
    Ok(row.map(
        |(session, mut player, link, awaits_amazon, has_passkey, awaits_email_code, recovery, times)| {
            // A device may have brought no name, but pages need one.
            if player.display_name.is_empty() {
                player.display_name = player.user_name.clone().unwrap_or_else(|| "Player".to_owned());
            }
            let factor_recovery_due = recovery.and_then(|recovery| recovery.due_unless_over(now));
            let current_player = CurrentPlayer {
                session,
                player,
                link,
                awaits_amazon,
                has_passkey,
                awaits_email_code,
                factor_recovery_due,
            };
            (current_player, times)
        },
    ))
}

/// The member of staff behind a session token, also of an expired session.
///
/// `None` if they are disabled, or lack a password or a second factor (S122).
pub(super) fn find_staff(
    conn: &mut Conn,
    token_hash: &str,
) -> QueryResult<Option<(CurrentStaffMember, StaffSessionTimes)>> {
    staff_sessions::table
        .inner_join(staff::table)
        .filter(staff_sessions::token_hash.eq(token_hash))
        .filter(staff::disabled_at.is_null())
        .filter(staff::password_sealed.is_not_null())
        .filter(staff::totp_sealed.is_not_null())
        .select((CurrentStaffMember::as_select(), StaffSessionTimes::as_select()))
        .first(conn)
        .optional()
}
