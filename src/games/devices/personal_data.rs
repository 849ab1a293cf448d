//! The personal data of devices and codes for the export. Device ids and codes are never part of it.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::{claim_codes, code_linkings, devices, game_sign_in_codes};

/// A device that can sign in, or a disabled one.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = devices)]
pub struct ExportedDevice {
    pub id: String,
    #[diesel(column_name = api_key)]
    game: String,
    label: String,
    told_of: Option<String>,
    network: String,
    made_at: UtcTime,
    last_used_at: UtcTime,
    switched_off_at: Option<UtcTime>,
}

exported_rows!(ExportedDevice, devices);

/// A claim code that a game showed.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = claim_codes)]
pub struct ExportedClaimCode {
    pub id: String,
    device_id: Option<String>,
    #[diesel(column_name = api_key)]
    game: String,
    device_label: String,
    network: String,
    tries: i64,
    outcome: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedClaimCode, claim_codes);

/// A code for signing in that a TV of this player showed.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = game_sign_in_codes)]
pub struct ExportedGameSignInCode {
    pub id: String,
    #[diesel(column_name = api_key)]
    game: String,
    device_label: String,
    network: String,
    tries: i64,
    outcome: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedGameSignInCode, game_sign_in_codes);

/// A linking by code that a game began.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = code_linkings)]
pub struct ExportedLinkCode {
    pub id: String,
    asked_by: String,
    network: String,
    outcome: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
    ended_at: Option<UtcTime>,
}

exported_rows!(ExportedLinkCode, code_linkings);
