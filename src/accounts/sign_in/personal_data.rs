//! Personal data for the export: links and codes that were mailed, without the token or code itself.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::{password_resets, sign_in_codes};

/// A mailed link for a new password.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = password_resets)]
pub struct ExportedPasswordReset {
    pub id: String,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedPasswordReset, password_resets);

/// A code that was mailed at sign-in.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = sign_in_codes)]
pub struct ExportedSignInCode {
    pub id: String,
    is_remembered: bool,
    next: Option<String>,
    tries: i64,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedSignInCode, sign_in_codes);
