//! Personal data for the export: that the second factor is on, and the remembered browsers, without any secret.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::schema::{player_second_factors, remembered_browsers};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;

/// The second factor.
#[derive(Debug, Serialize)]
pub struct ExportedSecondFactor {
    created_at: UtcTime,
}

/// A browser in which the player is not asked for a code.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = remembered_browsers)]
pub struct ExportedRememberedBrowser {
    pub id: String,
    browser: String,
    network: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedRememberedBrowser, remembered_browsers);

/// The second factor, if it is on.
pub fn second_factor(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<ExportedSecondFactor>> {
    let created_at: Option<UtcTime> = player_second_factors::table
        .filter(player_second_factors::player_id.eq(player))
        .select(player_second_factors::created_at)
        .first(conn)
        .optional()?;
    Ok(created_at.map(|created_at| ExportedSecondFactor { created_at }))
}
