//! The table `staff_proposals`.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::staff_proposals::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::StaffId;
use crate::support::staff::Role;

/// A change of role that waits for a second admin.
#[derive(Clone, Debug)]
pub(crate) struct Proposal {
    pub id: String,
    pub whom: StaffId,
    pub role: Role,
    pub reason: String,
    pub by: StaffId,
    pub created_at: DateTime<Utc>,
}

type ProposalColumns = (String, StaffId, Role, String, StaffId, UtcTime);

const COLUMNS: (dsl::id, dsl::staff_id, dsl::role, dsl::reason, dsl::proposed_by, dsl::created_at) =
    (dsl::id, dsl::staff_id, dsl::role, dsl::reason, dsl::proposed_by, dsl::created_at);

impl From<ProposalColumns> for Proposal {
    fn from((id, whom, role, reason, by, created_at): ProposalColumns) -> Self {
        Self { id, whom, role, reason, by, created_at: created_at.into() }
    }
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
    let row: Option<ProposalColumns> =
        diesel::delete(waiting).returning(COLUMNS).get_result(conn).optional()?;
    Ok(row.map(Proposal::from))
}

pub(crate) fn drop_of(conn: &mut Conn, whom: &StaffId) -> QueryResult<()> {
    diesel::delete(dsl::staff_proposals.filter(dsl::staff_id.eq(whom))).execute(conn).map(drop)
}

/// The open proposals, the oldest first.
pub(crate) fn open(conn: &mut Conn, now: DateTime<Utc>) -> QueryResult<Vec<Proposal>> {
    let rows: Vec<ProposalColumns> = dsl::staff_proposals
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .order(dsl::id)
        .select(COLUMNS)
        .load(conn)?;
    Ok(rows.into_iter().map(Proposal::from).collect())
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
