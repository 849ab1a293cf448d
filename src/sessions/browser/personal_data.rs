//! The browser sessions stored about a player, for the export.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::sessions;
use crate::sessions::SignedInWith;

/// A browser session, without its token and its CSRF secret.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = sessions)]
pub struct ExportedBrowserSession {
    pub id: String,
    signed_in_with: SignedInWith,
    is_remembered: bool,
    #[diesel(column_name = fresh_at)]
    identity_proven_at: Option<UtcTime>,
    browser: String,
    network: String,
    created_at: UtcTime,
    last_seen_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedBrowserSession, sessions);
