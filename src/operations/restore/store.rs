//! Queries of the table `restores`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::restores::dsl;
use crate::platform::db::{Conn, UtcTime};

/// The number of the last restore; 0 before the first.
pub(super) fn last_epoch(conn: &mut Conn) -> QueryResult<i64> {
    let last: Option<i64> =
        dsl::restores.order(dsl::epoch.desc()).select(dsl::epoch).first(conn).optional()?;
    Ok(last.unwrap_or_default())
}

pub(super) fn insert(
    conn: &mut Conn,
    id: &str,
    epoch: i64,
    at: DateTime<Utc>,
    has_ledger: bool,
) -> QueryResult<()> {
    diesel::insert_into(dsl::restores)
        .values((
            dsl::id.eq(id),
            dsl::epoch.eq(epoch),
            dsl::restored_at.eq(UtcTime::from(at)),
            dsl::has_ledger.eq(has_ledger),
        ))
        .execute(conn)
        .map(drop)
}
