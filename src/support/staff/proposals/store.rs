//! The table `staff_proposals`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::staff_proposals::{self, dsl};
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::StaffId;
use crate::support::staff::Role;

/// A change of role that waits for a second admin.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = staff_proposals)]
pub(crate) struct Proposal {
    pub id: String,
    #[diesel(column_name = staff_id)]
    pub whom: StaffId,
    pub role: Role,
    pub reason: String,
    #[diesel(column_name = proposed_by)]
    pub by: StaffId,
    pub created_at: DateTime<Utc>,
}

/// Stores a proposal in place of an earlier one for the same person.
pub(crate) fn put(conn: &mut Conn, new: &Proposal, until: DateTime<Utc>) -> QueryResult<()> {
    drop_of(conn, &new.whom)?;
    diesel::insert_into(dsl::staff_proposals)
        .values((
            dsl::id.eq(&new.id),
            dsl::staff_id.eq(&new.whom),
            dsl::role.eq(new.role),
            dsl::reason.eq(&new.reason),
            dsl::proposed_by.eq(&new.by),
            dsl::created_at.eq(UtcTime::from(new.created_at)),
            dsl::expires_at.eq(UtcTime::from(until)),
        ))
        .execute(conn)
        .map(drop)
}

/// Deletes an open proposal and returns it; a second call gets `None`.
pub(crate) fn take(conn: &mut Conn, id: &str, now: DateTime<Utc>) -> QueryResult<Option<Proposal>> {
    let waiting = dsl::staff_proposals.filter(dsl::id.eq(id)).filter(dsl::expires_at.gt(UtcTime::from(now)));
    diesel::delete(waiting).returning(columns_of::<Proposal>()).get_result(conn).optional()
}

pub(crate) fn drop_of(conn: &mut Conn, whom: &StaffId) -> QueryResult<()> {
    diesel::delete(dsl::staff_proposals.filter(dsl::staff_id.eq(whom))).execute(conn).map(drop)
}

/// The open proposals, the oldest first.
pub(crate) fn open(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<Proposal>> {
    dsl::staff_proposals
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .order(dsl::id)
        .select(Proposal::as_select())
        .load(conn)
}

/// The number of open proposals.
pub fn count_open(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<i64> {
    dsl::staff_proposals.filter(dsl::expires_at.gt(UtcTime::from(now))).count().get_result(conn)
}

/// Removes at most `limit` expired proposals, and returns how many.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::staff_proposals
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::staff_proposals.filter(dsl::id.eq_any(over))).execute(conn)
}
