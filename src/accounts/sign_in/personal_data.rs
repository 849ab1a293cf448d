//! Personal data for the export: links and codes that were mailed, without the token or code itself.

use diesel::prelude::*;
use serde::Serialize;

use crate::platform::db::schema::{password_resets, sign_in_codes};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// A mailed link for a new password.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedPasswordReset {
    pub id: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

/// A code that was mailed at sign-in.
#[derive(Debug, Queryable, Serialize)]
pub struct ExportedSignInCode {
    pub id: String,
    is_remembered: bool,
    next: Option<String>,
    tries: i64,
    created_at: UtcTime,
    expires_at: UtcTime,
}

/// At most `limit` links after the id `after`.
pub fn password_resets(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedPasswordReset>> {
    use password_resets::dsl;
    dsl::password_resets
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::created_at, dsl::expires_at))
        .load(conn)
}

/// At most `limit` codes after the id `after`.
pub fn sign_in_codes(
    conn: &mut Conn,
    player: &PlayerId,
    after: &str,
    limit: i64,
) -> QueryResult<Vec<ExportedSignInCode>> {
    use sign_in_codes::dsl;
    dsl::sign_in_codes
        .filter(dsl::player_id.eq(player))
        .filter(dsl::id.gt(after))
        .order(dsl::id)
        .limit(limit)
        .select((dsl::id, dsl::is_remembered, dsl::next, dsl::tries, dsl::created_at, dsl::expires_at))
        .load(conn)
}
