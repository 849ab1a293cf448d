//! Queries on the table of device flows.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::auto_type;
use diesel::prelude::*;

use crate::links::device_flow::model::{
    AskedBy, ClaimedDeviceFlow, Outcome, UnconfirmedDeviceFlow, place_of_pair,
};
use crate::platform::db::schema::code_linkings::{self, dsl};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::PlayerId;
use crate::platform::jobs::lease::Lease;
use crate::sealed_column;

/// The sealed column of this table.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(code_linkings.pair_sealed, |id, player_id| { place_of_pair(&id, &player_id.into()) })];

/// How long after its expiry the outcome of a device flow can be read.
const KEPT: TimeDelta = TimeDelta::hours(1);

/// A device flow to be inserted.
#[derive(Clone)]
pub(super) struct NewDeviceFlow {
    pub id: String,
    pub player: PlayerId,
    pub player_version: i64,
    pub requested_by: AskedBy,
    pub requester: Option<String>,
    pub pair_sealed: Vec<u8>,
    pub interval: TimeDelta,
    pub reference: String,
    pub network: String,
    /// When the asking session had proven who its player is, if that proof still counted.
    pub proved_at: Option<DateTime<Utc>>,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Ends the player's open device flow, if there is one, and inserts the new one.
///
/// Returns whether an open one was replaced.
pub(super) fn insert_device_flow(conn: &mut Conn, new: &NewDeviceFlow) -> QueryResult<bool> {
    let open = dsl::code_linkings.filter(dsl::player_id.eq(&new.player)).filter(dsl::outcome.is_null());
    let replaced = diesel::update(open)
        .set((
            dsl::outcome.eq(Some(Outcome::Replaced)),
            dsl::ended_at.eq(Some(UtcTime::from(new.at))),
            dsl::pair_sealed.eq(None::<Vec<u8>>),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    diesel::insert_into(dsl::code_linkings)
        .values((
            dsl::id.eq(&new.id),
            dsl::player_id.eq(&new.player),
            dsl::player_version.eq(new.player_version),
            dsl::asked_by.eq(new.requested_by),
            dsl::asker_id.eq(new.requester.as_deref()),
            dsl::pair_sealed.eq(Some(&new.pair_sealed)),
            dsl::interval_seconds.eq(new.interval.num_seconds()),
            dsl::next_poll_at.eq(UtcTime::from((new.at + new.interval).min(new.expires_at))),
            dsl::reference.eq(&new.reference),
            dsl::network.eq(&new.network),
            dsl::proved_at.eq(new.proved_at.map(UtcTime::from)),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)?;
    Ok(replaced > 0)
}

/// Ids of open device flows that are due, longest due first.
pub(super) fn due_device_flows(conn: &mut Conn, lease: &Lease, limit: i64) -> QueryResult<Vec<String>> {
    dsl::code_linkings
        .filter(dsl::outcome.is_null())
        .filter(dsl::next_poll_at.le(UtcTime::from(lease.taken_at)))
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until))
        .order((dsl::next_poll_at, dsl::id))
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Leases a due device flow. `None` if another copy leased it first.
pub(super) fn claim_device_flow(
    conn: &mut Conn,
    id: &str,
    lease: &Lease,
) -> QueryResult<Option<ClaimedDeviceFlow>> {
    let due = dsl::code_linkings
        .filter(dsl::id.eq(id))
        .filter(dsl::outcome.is_null())
        .filter(dsl::next_poll_at.le(UtcTime::from(lease.taken_at)))
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until));
    diesel::update(due)
        .set((dsl::lease_owner.eq(Some(&lease.owner)), dsl::lease_until.eq(Some(UtcTime::from(lease.until)))))
        .returning(columns_of::<ClaimedDeviceFlow>())
        .get_result(conn)
        .optional()
}

/// The device flow, if it is open and this lease is still the one of its row.
#[auto_type]
fn still_leased<'a>(flow: &'a ClaimedDeviceFlow) -> _ {
    let (id, lease): (&'a str, &'a str) = (flow.id.as_str(), flow.lease.as_str());
    dsl::code_linkings
        .filter(dsl::id.eq(id))
        .filter(dsl::outcome.is_null())
        .filter(dsl::lease_owner.eq(lease))
}

/// Releases the lease. The next poll is at `next`, later ones every `interval`. False if the lease is lost.
pub(super) fn postpone_poll(
    conn: &mut Conn,
    flow: &ClaimedDeviceFlow,
    next: DateTime<Utc>,
    interval: TimeDelta,
) -> QueryResult<bool> {
    let rows = diesel::update(still_leased(flow))
        .set((
            dsl::next_poll_at.eq(UtcTime::from(next.min(flow.expires_at))),
            dsl::interval_seconds.eq(interval.num_seconds()),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Stores the issued tokens and extends the device flow to `until`. False if the lease is lost.
pub(super) fn store_tokens(
    conn: &mut Conn,
    flow: &ClaimedDeviceFlow,
    sealed: &[u8],
    until: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(still_leased(flow))
        .set((dsl::pair_sealed.eq(Some(sealed)), dsl::expires_at.eq(UtcTime::from(until))))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Stores the identity and lets the device flow wait for the game until `until`. False if the lease is lost.
///
/// The worker comes back to it only when it is over.
pub(super) fn await_confirmation(
    conn: &mut Conn,
    flow: &ClaimedDeviceFlow,
    sealed: &[u8],
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(still_leased(flow))
        .set((
            dsl::pair_sealed.eq(Some(sealed)),
            dsl::confirm_since.eq(Some(UtcTime::from(now))),
            dsl::next_poll_at.eq(UtcTime::from(until)),
            dsl::expires_at.eq(UtcTime::from(until)),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The player's device flow with this id, if it waits for a confirmation.
pub(super) fn find_unconfirmed(
    conn: &mut Conn,
    id: &str,
    player: &PlayerId,
    now: DateTime<Utc>,
) -> QueryResult<Option<UnconfirmedDeviceFlow>> {
    dsl::code_linkings
        .filter(dsl::id.eq(id))
        .filter(dsl::player_id.eq(player))
        .filter(dsl::outcome.is_null())
        .filter(dsl::confirm_since.is_not_null())
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .select(UnconfirmedDeviceFlow::as_select())
        .first(conn)
        .optional()
}

/// The device flows that wait for a confirmation since `since` or later.
pub(super) fn unconfirmed_since(
    conn: &mut Conn,
    since: DateTime<Utc>,
    now: DateTime<Utc>,
) -> QueryResult<Vec<UnconfirmedDeviceFlow>> {
    dsl::code_linkings
        .filter(dsl::confirm_since.ge(UtcTime::from(since)))
        .filter(dsl::outcome.is_null())
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .order((dsl::confirm_since, dsl::id))
        .select(UnconfirmedDeviceFlow::as_select())
        .load(conn)
}

/// Leases a device flow that waits for a confirmation. `None` if it has ended, or is being confirmed already.
pub(super) fn claim_unconfirmed(
    conn: &mut Conn,
    id: &str,
    lease: &Lease,
) -> QueryResult<Option<ClaimedDeviceFlow>> {
    let waiting = dsl::code_linkings
        .filter(dsl::id.eq(id))
        .filter(dsl::outcome.is_null())
        .filter(dsl::confirm_since.is_not_null())
        .filter(dsl::expires_at.gt(UtcTime::from(lease.taken_at)))
        .filter(lease.is_free(dsl::lease_owner, dsl::lease_until));
    diesel::update(waiting)
        .set((dsl::lease_owner.eq(Some(&lease.owner)), dsl::lease_until.eq(Some(UtcTime::from(lease.until)))))
        .returning(columns_of::<ClaimedDeviceFlow>())
        .get_result(conn)
        .optional()
}

/// Ends a device flow and deletes its sealed secrets. False if the lease is lost.
pub(super) fn finish_device_flow(
    conn: &mut Conn,
    flow: &ClaimedDeviceFlow,
    outcome: Outcome,
    now: DateTime<Utc>,
) -> QueryResult<bool> {
    let rows = diesel::update(still_leased(flow))
        .set((
            dsl::outcome.eq(Some(outcome)),
            dsl::ended_at.eq(Some(UtcTime::from(now))),
            dsl::pair_sealed.eq(None::<Vec<u8>>),
            dsl::lease_owner.eq(None::<String>),
            dsl::lease_until.eq(None::<UtcTime>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The outcome of a device flow of this player, and the time at which it expires.
pub(super) fn device_flow_status(
    conn: &mut Conn,
    id: &str,
    player: &PlayerId,
) -> QueryResult<Option<(Option<Outcome>, DateTime<Utc>)>> {
    dsl::code_linkings
        .filter(dsl::id.eq(id))
        .filter(dsl::player_id.eq(player))
        .select((dsl::outcome, dsl::expires_at))
        .first(conn)
        .optional()
}

#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = code_linkings)]
pub struct EndedDeviceFlow {
    pub id: String,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    #[diesel(select_expression = code_linkings::outcome.assume_not_null())]
    pub outcome: Outcome,
}

/// The device flows that ended at `since` or later.
pub(super) fn ended_since(conn: &mut Conn, since: DateTime<Utc>) -> QueryResult<Vec<EndedDeviceFlow>> {
    dsl::code_linkings
        .filter(dsl::ended_at.ge(UtcTime::from(since)))
        .filter(dsl::outcome.is_not_null())
        .order((dsl::ended_at, dsl::id))
        .select(EndedDeviceFlow::as_select())
        .load(conn)
}

/// Deletes at most `limit` device flows whose outcome is no longer readable. Returns the number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::code_linkings
        .filter(dsl::expires_at.le(UtcTime::from(now - KEPT)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::code_linkings.filter(dsl::id.eq_any(over))).execute(conn)
}
