//! Queries on the chain's tables: the seals with their positions, and the single row of the head.

use diesel::prelude::*;

use crate::audit::chain::model::{ChainHead, ChainLink};
use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::schema::{audit_events, audit_heads, audit_seals};
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::jobs::lease::Lease;

/// The id of the single row.
const CHAIN: &str = "chain";

/// A head with its stored signature.
#[derive(Queryable, Selectable)]
#[diesel(table_name = audit_heads)]
pub(super) struct SignedHead {
    #[diesel(embed)]
    pub head: ChainHead,
    pub signature: Vec<u8>,
}

pub(super) fn read_head(conn: &mut Conn) -> QueryResult<Option<SignedHead>> {
    audit_heads::table.select(SignedHead::as_select()).first(conn).optional()
}

/// Inserts the head of an empty chain. A unique violation means that another copy was first.
pub(super) fn insert_head(conn: &mut Conn, head: &ChainHead, key: &PurposeKey) -> QueryResult<()> {
    use audit_heads::dsl;
    diesel::insert_into(dsl::audit_heads)
        .values((
            dsl::id.eq(CHAIN),
            dsl::position.eq(head.position),
            dsl::hash.eq(&head.hash),
            dsl::tail_position.eq(head.tail_position),
            dsl::tail_hash.eq(&head.tail_hash),
            dsl::is_founded.eq(head.is_founded),
            dsl::signed_at.eq(UtcTime::from(head.signed_at)),
            dsl::signature.eq(head.signature(key).as_slice()),
        ))
        .execute(conn)
        .map(drop)
}

/// Takes or renews the lease, and locks the row until the transaction ends.
///
/// Returns `None` if another copy has the lease.
pub(super) fn take_lease(conn: &mut Conn, lease: &Lease) -> QueryResult<Option<SignedHead>> {
    use audit_heads::dsl;
    let may_take = lease.is_free(dsl::lease, dsl::leased_until).or(dsl::lease.eq(&lease.owner));
    diesel::update(dsl::audit_heads.filter(dsl::id.eq(CHAIN)).filter(may_take))
        .set((dsl::lease.eq(&lease.owner), dsl::leased_until.eq(UtcTime::from(lease.until))))
        .returning(columns_of::<SignedHead>())
        .get_result(conn)
        .optional()
}

/// Moves the head forward. Only the copy with the lease calls this.
pub(super) fn sign_head(conn: &mut Conn, head: &ChainHead, key: &PurposeKey) -> QueryResult<()> {
    use audit_heads::dsl;
    diesel::update(dsl::audit_heads.filter(dsl::id.eq(CHAIN)))
        .set((
            dsl::position.eq(head.position),
            dsl::hash.eq(&head.hash),
            dsl::tail_position.eq(head.tail_position),
            dsl::tail_hash.eq(&head.tail_hash),
            dsl::is_founded.eq(head.is_founded),
            dsl::signed_at.eq(UtcTime::from(head.signed_at)),
            dsl::signature.eq(head.signature(key).as_slice()),
        ))
        .execute(conn)
        .map(drop)
}

/// Whether any record waits for a position.
pub(super) fn is_waiting(conn: &mut Conn) -> QueryResult<bool> {
    let waiting = audit_seals::table.filter(audit_seals::position.is_null());
    diesel::select(diesel::dsl::exists(waiting)).get_result(conn)
}

/// Records that wait for a position, ordered by id, after the id `after`.
pub(super) fn list_waiting(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<ChainLink>> {
    audit_seals::table
        .left_join(audit_events::table.on(audit_events::id.eq(audit_seals::event_id)))
        .filter(audit_seals::position.is_null())
        .filter(audit_seals::event_id.gt(after))
        .order(audit_seals::event_id)
        .limit(limit)
        .select(ChainLink::as_select())
        .load(conn)
}

/// Gives a record its position. Returns false if the record already has one.
pub(super) fn set_position(
    conn: &mut Conn,
    event: &str,
    position: i64,
    previous: &[u8],
    hash: &[u8],
) -> QueryResult<bool> {
    use audit_seals::dsl;
    let waiting = dsl::audit_seals.filter(dsl::event_id.eq(event)).filter(dsl::position.is_null());
    let rows = diesel::update(waiting)
        .set((dsl::position.eq(position), dsl::previous.eq(previous), dsl::hash.eq(hash)))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Links after a position, in order.
pub(super) fn list_links(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Vec<ChainLink>> {
    audit_seals::table
        .left_join(audit_events::table.on(audit_events::id.eq(audit_seals::event_id)))
        .filter(audit_seals::position.gt(after))
        .order(audit_seals::position)
        .limit(limit)
        .select(ChainLink::as_select())
        .load(conn)
}

pub(super) fn last_position(conn: &mut Conn) -> QueryResult<Option<i64>> {
    audit_seals::table.select(diesel::dsl::max(audit_seals::position)).get_result(conn)
}

/// Ids of records in order, after the id `after`, and whether each record has a seal.
pub(super) fn list_seal_states(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<(String, bool)>> {
    audit_events::table
        .left_join(audit_seals::table.on(audit_seals::event_id.eq(audit_events::id)))
        .filter(audit_events::id.gt(after))
        .order(audit_events::id)
        .limit(limit)
        .select((audit_events::id, audit_seals::event_id.nullable().is_not_null()))
        .load(conn)
}

/// Removes the records of these links with their seals. The tail must have passed them.
pub(super) fn remove_records(conn: &mut Conn, events: &[String]) -> QueryResult<usize> {
    diesel::delete(audit_events::table.filter(audit_events::id.eq_any(events))).execute(conn)?;
    diesel::delete(audit_seals::table.filter(audit_seals::event_id.eq_any(events))).execute(conn)
}
