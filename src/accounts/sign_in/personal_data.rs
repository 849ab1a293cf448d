//! Personal data for the export: links and codes that were mailed, without the token or code itself.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::{password_resets, pending_sign_ins, sign_in_codes};

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

/// A sign-in that waits for the second factor.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = pending_sign_ins)]
pub struct ExportedPendingSignIn {
    pub id: String,
    #[diesel(column_name = signed_in_with)]
    with: String,
    is_remembered: bool,
    next: Option<String>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedPendingSignIn, pending_sign_ins);
