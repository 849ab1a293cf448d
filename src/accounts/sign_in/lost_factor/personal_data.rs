//! Personal data for the export: that the second factor was reported lost, without the token of its mail.

use diesel::prelude::*;
use serde::Serialize;

use crate::exported_rows;
use crate::platform::db::UtcTime;
use crate::platform::db::schema::factor_recoveries;

/// A second factor that was reported lost.
#[derive(Debug, Serialize, Queryable, Selectable)]
#[diesel(table_name = factor_recoveries)]
pub struct ExportedFactorRecovery {
    pub id: String,
    due_at: Option<UtcTime>,
    mailed_at: Option<UtcTime>,
    created_at: UtcTime,
    expires_at: UtcTime,
}

exported_rows!(ExportedFactorRecovery, factor_recoveries);
