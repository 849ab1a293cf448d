//! Queries on the audit tables. Triggers refuse changes of records, except by erasure and retention.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::result::Error;

use crate::audit::event::{AuditEvent, Kind};
use crate::audit::model::{AuditEntry, AuditFilter};
use crate::audit::personal::{PersonalFields, PlayerKey, place_of_key};
use crate::audit::record::AuditRecord;
use crate::on_backend;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::schema::audit_events::dsl;
use crate::platform::db::schema::{audit_events, audit_keys, audit_seals};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{AuditContext, Conn, Db, UtcTime, new_id, on_commit};
use crate::platform::fault::Fault;
use crate::platform::ids::{PlayerId, SessionId, StaffId};
use crate::sealed_column;

/// The sealed column, for key rotation.
///
/// Personal parts are sealed under the players' keys in this column, not under the key ring.
pub const SEALED: &[SealedColumn] =
    &[sealed_column!(audit_keys.key_sealed, |player_id| place_of_key(&player_id))];

/// Writes the record and its seal in the caller's transaction.
pub fn append_event(conn: &mut Conn, event: &AuditEvent) -> QueryResult<()> {
    let context = AuditContext::current().ok_or_else(|| {
        Error::QueryBuilderError("an audit record is written inside `Db::write` only".into())
    })?;
    let kind = event.kind.as_str();
    on_commit(move |metrics| metrics.audit_events.add(kind));
    let record = record_of(conn, event, &context).map_err(|fault| Error::SerializationError(fault.into()))?;
    insert_record(conn, &record, &record.tag(&context.key))
}

/// Writes the record in a transaction of its own, for what changes nothing else.
pub async fn write_event(db: &Db, event: AuditEvent) -> Result<(), Fault> {
    db.write(move |conn| Ok(append_event(conn, &event)?)).await
}

fn record_of(conn: &mut Conn, event: &AuditEvent, context: &AuditContext) -> Result<AuditRecord, Fault> {
    let mut record = AuditRecord {
        id: new_id(event.at),
        at: event.at,
        kind: event.kind.as_str().to_owned(),
        player: event.player.as_ref().map(ToString::to_string),
        actor: event.actor.as_str().to_owned(),
        staff: event.staff.as_ref().map(StaffId::to_string),
        session: event.session.as_ref().map(SessionId::to_string),
        reference: event.reference.clone(),
        network: None,
        personal: None,
        details: event.details.to_string(),
    };
    let personal = PersonalFields {
        network: event.network.clone(),
        browser: event.browser.clone(),
        reason: event.reason.clone(),
    };
    match &event.player {
        Some(player) if personal != PersonalFields::default() => {
            if let Some(key) = PlayerKey::of(conn, context, player, event.at)? {
                record.personal = Some(key.seal(&record.id, player.as_str(), &personal)?);
            }
        }
        Some(_) => {}
        None => {
            record.network = personal.network;
            if let (Some(reason), Some(details)) = (personal.reason, event.details.as_object()) {
                let mut details = details.clone();
                details.insert("reason".to_owned(), reason.into());
                record.details = serde_json::Value::Object(details).to_string();
            }
        }
    }
    Ok(record)
}

fn insert_record(conn: &mut Conn, record: &AuditRecord, tag: &[u8]) -> QueryResult<()> {
    use audit_events::dsl;
    diesel::insert_into(dsl::audit_events)
        .values((
            dsl::id.eq(&record.id),
            dsl::at.eq(UtcTime::from(record.at)),
            dsl::kind.eq(&record.kind),
            dsl::player_id.eq(record.player.as_deref()),
            dsl::actor.eq(&record.actor),
            dsl::session_id.eq(record.session.as_deref()),
            dsl::reference.eq(&record.reference),
            dsl::network.eq(record.network.as_deref()),
            dsl::details.eq(&record.details),
            dsl::staff_id.eq(record.staff.as_deref()),
            dsl::personal.eq(record.personal.as_deref()),
        ))
        .execute(conn)?;
    diesel::insert_into(audit_seals::table)
        .values((audit_seals::event_id.eq(&record.id), audit_seals::tag.eq(tag)))
        .execute(conn)
        .map(drop)
}

/// When the player's last event of this kind was.
pub fn last_of(conn: &mut Conn, player: &PlayerId, kind: Kind) -> QueryResult<Option<DateTime<Utc>>> {
    dsl::audit_events
        .filter(dsl::player_id.eq(player))
        .filter(dsl::kind.eq(kind))
        .order(dsl::id.desc())
        .select(dsl::at)
        .first(conn)
        .optional()
}

/// How many events of this kind the player has after `since`.
pub fn count_of(conn: &mut Conn, player: &PlayerId, kind: Kind, since: DateTime<Utc>) -> QueryResult<i64> {
    dsl::audit_events
        .filter(dsl::player_id.eq(player))
        .filter(dsl::kind.eq(kind))
        .filter(dsl::at.gt(UtcTime::from(since)))
        .count()
        .get_result(conn)
}

/// Lists at most `limit` matching records, newest first, older than the record `before`. Runs one query.
pub fn list_records(
    conn: &mut Conn,
    vault: &Vault,
    filter: &AuditFilter,
    before: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<AuditEntry>> {
    let rows = page_of_records(conn, filter, before, limit)?;
    let mut keys: HashMap<String, Option<PlayerKey>> = HashMap::new();
    for (record, sealed) in &rows {
        if let (Some(player), Some(_), Some(sealed)) = (&record.player, &record.personal, sealed) {
            let key = || PlayerKey::open(vault, player, sealed);
            keys.entry(player.clone()).or_insert_with(key);
        }
    }
    Ok(rows.into_iter().map(|(record, _)| entry_of(record, &keys)).collect())
}

fn entry_of(record: AuditRecord, keys: &HashMap<String, Option<PlayerKey>>) -> AuditEntry {
    let personal = personal_of(&record, keys).unwrap_or_default();
    AuditEntry {
        id: record.id,
        at: record.at,
        kind: record.kind,
        actor: record.actor,
        player: record.player.map(PlayerId::from),
        staff: record.staff.map(StaffId::from),
        reference: record.reference,
        details: record.details,
        network: record.network.or(personal.network),
        browser: personal.browser,
        reason: personal.reason,
    }
}

fn personal_of(record: &AuditRecord, keys: &HashMap<String, Option<PlayerKey>>) -> Option<PersonalFields> {
    let player = record.player.as_deref()?;
    keys.get(player)?.as_ref()?.read(&record.id, player, record.personal.as_deref()?)
}

/// Matching records, newest first, older than the record `before`, each with its player's sealed key.
fn page_of_records(
    conn: &mut Conn,
    filter: &AuditFilter,
    before: Option<&str>,
    limit: i64,
) -> QueryResult<Vec<(AuditRecord, Option<Vec<u8>>)>> {
    use audit_events::dsl;
    let mut query = dsl::audit_events
        .left_join(audit_keys::table.on(dsl::player_id.eq(audit_keys::player_id.nullable())))
        .select((AuditRecord::as_select(), audit_keys::key_sealed.nullable()))
        .order(dsl::id.desc())
        .limit(limit)
        .into_boxed();
    let kinds: Vec<&str> = filter.kinds.iter().map(|kind| kind.as_str()).collect();
    match (kinds.as_slice(), &filter.player) {
        ([], _) => {}
        // One player has few records of any kind. A planner that expects few records of a kind would scan
        // those of all players. The concatenation keeps it from using the index on kinds.
        (_, Some(_)) => query = query.filter(dsl::kind.concat("").eq_any(kinds)),
        // For one kind the index returns the newest records in order; for several kinds it does not.
        ([one], None) => query = query.filter(dsl::kind.eq(*one)),
        (_, None) => query = query.filter(dsl::kind.eq_any(kinds)),
    }
    if let Some(actor) = filter.actor {
        query = query.filter(dsl::actor.eq(actor.as_str()));
    }
    if let Some(staff) = &filter.staff {
        query = query.filter(dsl::staff_id.eq(staff.as_str()));
    }
    if let Some(player) = &filter.player {
        query = query.filter(dsl::player_id.eq(player.as_str()));
    }
    // Ids begin with their timestamp, so a time range is an index range.
    if let Some(from) = filter.from {
        query = query.filter(dsl::id.ge(first_id_at(from)));
    }
    if let Some(until) = filter.until {
        query = query.filter(dsl::id.lt(first_id_at(until)));
    }
    if let Some(before) = before {
        query = query.filter(dsl::id.lt(before));
    }
    query.load(conn)
}

/// The smallest possible id of an event at this instant.
fn first_id_at(at: DateTime<Utc>) -> String {
    let millis = u64::try_from(at.timestamp_millis()).unwrap_or_default();
    let hex = format!("{millis:012x}");
    let (high, low) = hex.split_at_checked(8).unwrap_or((&hex, ""));
    format!("{high}-{low}-")
}

/// The player's stored key: `None` if it never existed, `Some(None)` once it is destroyed.
#[expect(clippy::option_option, reason = "never made and destroyed are different things")]
pub(super) fn key_of(conn: &mut Conn, player: &str) -> QueryResult<Option<Option<Vec<u8>>>> {
    use audit_keys::dsl;
    dsl::audit_keys.filter(dsl::player_id.eq(player)).select(dsl::key_sealed).first(conn).optional()
}

/// Stores the player's key, unless a row exists already, with or without a key.
pub(super) fn put_key(
    conn: &mut Conn,
    player: &str,
    sealed: Option<&[u8]>,
    at: DateTime<Utc>,
) -> QueryResult<()> {
    use audit_keys::dsl;
    let row = (dsl::player_id.eq(player), dsl::key_sealed.eq(sealed), dsl::created_at.eq(UtcTime::from(at)));
    on_backend!(conn, |conn| diesel::insert_into(dsl::audit_keys)
        .values(row)
        .on_conflict_do_nothing()
        .execute(conn))
    .map(drop)
}

/// Leaves a row without a key, so that no new key is created.
///
/// The insert waits for a transaction that is creating the first key.
pub(super) fn destroy_key(conn: &mut Conn, player: &str, at: DateTime<Utc>) -> QueryResult<()> {
    use audit_keys::dsl;
    put_key(conn, player, None, at)?;
    let known = dsl::audit_keys.filter(dsl::player_id.eq(player));
    diesel::update(known).set(dsl::key_sealed.eq(None::<Vec<u8>>)).execute(conn).map(drop)
}

/// Clears the networks that were stored in plain text before players had keys.
pub(super) fn clear_networks(conn: &mut Conn, player: &str) -> QueryResult<()> {
    use audit_events::dsl;
    let open = dsl::audit_events.filter(dsl::player_id.eq(player)).filter(dsl::network.is_not_null());
    diesel::update(open).set(dsl::network.eq(None::<String>)).execute(conn).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_of_time_is_a_span_of_ids() {
        let at = DateTime::from_timestamp_millis(1_795_262_400_123).unwrap();
        let before = new_id(at - chrono::TimeDelta::milliseconds(1));
        let after = new_id(at);
        assert!(before < first_id_at(at) && first_id_at(at) < after, "{before} {after}");
    }
}
