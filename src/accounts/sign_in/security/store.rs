//! What has begun on the account and waits, for the security page.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::{code_linkings, password_resets};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// Until when each thing waits that its player did not begin in this browser.
pub(super) struct OpenEnds {
    /// A mailed link for a new password.
    pub reset_until: Option<DateTime<Utc>>,
    /// A link by code that a game has begun, and that nothing has ended since.
    pub link_by_code_until: Option<DateTime<Utc>>,
}

/// What waits for this player, whose version was read with the session.
pub(super) fn open_ends(
    conn: &mut Conn,
    player: &PlayerId,
    version: i64,
    now: DateTime<Utc>,
) -> QueryResult<OpenEnds> {
    let now = UtcTime::from(now);
    let reset_until = password_resets::table
        .filter(password_resets::player_id.eq(player))
        .filter(password_resets::expires_at.gt(now))
        .select(password_resets::expires_at)
        .first(conn)
        .optional()?;
    let link_by_code_until = code_linkings::table
        .filter(code_linkings::player_id.eq(player))
        .filter(code_linkings::player_version.eq(version))
        .filter(code_linkings::outcome.is_null())
        .filter(code_linkings::expires_at.gt(now))
        .select(code_linkings::expires_at)
        .first(conn)
        .optional()?;
    Ok(OpenEnds { reset_until, link_by_code_until })
}
