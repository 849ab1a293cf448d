//! Queries on the chain's tables: the seals with their positions, and the single row of the head.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::audit::chain::model::{ChainHead, ChainLink};
use crate::audit::record::AuditRecord;
use crate::audit::store::{AuditColumns, COLUMNS};
use crate::platform::crypto::keys::PurposeKey;
use crate::platform::db::schema::{audit_events, audit_heads, audit_seals};
use crate::platform::db::{Conn, UtcTime};

/// The id of the single row.
const CHAIN: &str = "chain";

type HeadColumns = (i64, Vec<u8>, i64, Vec<u8>, bool, UtcTime, Vec<u8>);
type SealColumns = (String, Option<Vec<u8>>, Option<i64>, Option<Vec<u8>>, Option<Vec<u8>>);

const HEAD: (
    audit_heads::position,
    audit_heads::hash,
    audit_heads::tail_position,
    audit_heads::tail_hash,
    audit_heads::is_founded,
    audit_heads::signed_at,
    audit_heads::signature,
) = (
    audit_heads::position,
    audit_heads::hash,
    audit_heads::tail_position,
    audit_heads::tail_hash,
    audit_heads::is_founded,
    audit_heads::signed_at,
    audit_heads::signature,
);

const SEAL: (
    audit_seals::event_id,
    audit_seals::tag,
    audit_seals::position,
    audit_seals::previous,
    audit_seals::hash,
) = (
    audit_seals::event_id,
    audit_seals::tag,
    audit_seals::position,
    audit_seals::previous,
    audit_seals::hash,
);

/// A head with its stored signature.
pub(super) struct SignedHead {
    pub head: ChainHead,
    pub signature: Vec<u8>,
}

impl From<HeadColumns> for SignedHead {
    fn from(
        (position, hash, tail_position, tail_hash, is_founded, signed_at, signature): HeadColumns,
    ) -> Self {
        let signed_at = signed_at.into();
        Self {
            head: ChainHead { position, hash, tail_position, tail_hash, is_founded, signed_at },
            signature,
        }
    }
}

pub(super) fn read_head(conn: &mut Conn) -> QueryResult<Option<SignedHead>> {
    let row: Option<HeadColumns> = audit_heads::table.select(HEAD).first(conn).optional()?;
    Ok(row.map(SignedHead::from))
}

/// Inserts the head of an empty chain. A unique violation means that another copy was first.
pub(super) fn find_links(conn: &mut Conn, head: &ChainHead, key: &PurposeKey) -> QueryResult<()> {
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
pub(super) fn take_lease(
    conn: &mut Conn,
    lease: &str,
    now: DateTime<Utc>,
    until: DateTime<Utc>,
) -> QueryResult<Option<SignedHead>> {
    use audit_heads::dsl;
    let is_free = dsl::lease
        .is_null()
        .or(dsl::lease.eq(lease).assume_not_null())
        .or(dsl::leased_until.le(UtcTime::from(now)).assume_not_null());
    let row: Option<HeadColumns> = diesel::update(dsl::audit_heads.filter(dsl::id.eq(CHAIN)).filter(is_free))
        .set((dsl::lease.eq(lease), dsl::leased_until.eq(UtcTime::from(until))))
        .returning(HEAD)
        .get_result(conn)
        .optional()?;
    Ok(row.map(SignedHead::from))
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
pub(super) fn count_waiting(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<ChainLink>> {
    let rows: Vec<(SealColumns, Option<AuditColumns>)> = audit_seals::table
        .left_join(audit_events::table.on(audit_events::id.eq(audit_seals::event_id)))
        .filter(audit_seals::position.is_null())
        .filter(audit_seals::event_id.gt(after))
        .order(audit_seals::event_id)
        .limit(limit)
        .select((SEAL, COLUMNS.nullable()))
        .load(conn)?;
    Ok(rows.into_iter().map(link_of).collect())
}

/// Gives a record its position. Returns false if the record already has one.
pub(super) fn place(
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
    let rows: Vec<(SealColumns, Option<AuditColumns>)> = audit_seals::table
        .left_join(audit_events::table.on(audit_events::id.eq(audit_seals::event_id)))
        .filter(audit_seals::position.gt(after))
        .order(audit_seals::position)
        .limit(limit)
        .select((SEAL, COLUMNS.nullable()))
        .load(conn)?;
    Ok(rows.into_iter().map(link_of).collect())
}

pub(super) fn last_position(conn: &mut Conn) -> QueryResult<Option<i64>> {
    audit_seals::table.select(diesel::dsl::max(audit_seals::position)).get_result(conn)
}

/// Ids of records in order, after the id `after`, and whether each record has a seal.
pub(super) fn sealed_or_not(conn: &mut Conn, after: &str, limit: i64) -> QueryResult<Vec<(String, bool)>> {
    audit_events::table
        .left_join(audit_seals::table.on(audit_seals::event_id.eq(audit_events::id)))
        .filter(audit_events::id.gt(after))
        .order(audit_events::id)
        .limit(limit)
        .select((audit_events::id, audit_seals::event_id.nullable().is_not_null()))
        .load(conn)
}

/// Removes the records of these links with their seals. The tail must have passed them.
pub(super) fn remove_before(conn: &mut Conn, events: &[String]) -> QueryResult<usize> {
    diesel::delete(audit_events::table.filter(audit_events::id.eq_any(events))).execute(conn)?;
    diesel::delete(audit_seals::table.filter(audit_seals::event_id.eq_any(events))).execute(conn)
}

fn link_of((seal, record): (SealColumns, Option<AuditColumns>)) -> ChainLink {
    let (event, tag, position, previous, hash) = seal;
    ChainLink { event, tag, position, previous, hash, record: record.map(AuditRecord::from) }
}
