//! Personal data for the export: passkeys without their keys, and ceremonies without what an answer is compared with.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::{passkey_ceremonies, passkeys};

/// A passkey. The portal has no secret of it.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = passkeys)]
pub struct ExportedPasskey {
    pub id: String,
    name: String,
    credential_id: String,
    sign_count: i64,
    is_backup_eligible: bool,
    is_backed_up: bool,
    created_at: UtcTime,
    last_used_at: Option<UtcTime>,
}

exported_rows!(ExportedPasskey, passkeys);

/// A ceremony that waits for the browser's answer.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = passkey_ceremonies)]
pub struct ExportedPasskeyCeremony {
    pub id: String,
    purpose: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedPasskeyCeremony, passkey_ceremonies);
