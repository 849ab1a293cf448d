//! Checks that the database works: it inserts and deletes a row in one committed transaction.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::throttles::dsl;
use crate::platform::db::{Db, UtcTime, migrate, new_id};
use crate::platform::fault::Fault;

impl Db {
    /// Writes a test row. Returns false if the schema is not this program's, and a fault if the write failed.
    pub async fn probe(&self, now: DateTime<Utc>) -> Result<bool, Fault> {
        let id = format!("probe {}", new_id(now));
        self.write(move |conn| {
            let row = (dsl::id.eq(&id), dsl::taken.eq(0), dsl::window_ends_at.eq(UtcTime::from(now)));
            diesel::insert_into(dsl::throttles).values(row).execute(conn)?;
            diesel::delete(dsl::throttles.filter(dsl::id.eq(&id))).execute(conn)?;
            let status = migrate::status(conn)?;
            Ok(status.pending.is_empty() && status.unknown.is_empty())
        })
        .await
    }
}
