//! Queries for service keys, and for what the API reads of players and links.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::links::{LinkState, StateCause};
use crate::platform::db::schema::{amazon_links, players, service_keys};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;
use crate::service_api::Scope;
use crate::service_api::model::{KeyId, ServiceKey};

pub(super) fn insert(conn: &mut Conn, key: &ServiceKey, token_hash: &str) -> QueryResult<()> {
    use service_keys::dsl;
    let scopes: Vec<&str> = key.scopes.iter().map(|scope| scope.as_str()).collect();
    diesel::insert_into(dsl::service_keys)
        .values((
            dsl::id.eq(&key.id),
            dsl::name.eq(&key.name),
            dsl::token_hash.eq(token_hash),
            dsl::scopes.eq(scopes.join(" ")),
            dsl::created_at.eq(UtcTime::from(key.created_at)),
            dsl::expires_at.eq(key.expires_at.map(UtcTime::from)),
        ))
        .execute(conn)
        .map(drop)
}

type ServiceKeyColumns = (KeyId, String, String, UtcTime, Option<UtcTime>, Option<UtcTime>, Option<UtcTime>);

const KEY: (
    service_keys::id,
    service_keys::name,
    service_keys::scopes,
    service_keys::created_at,
    service_keys::expires_at,
    service_keys::last_used_at,
    service_keys::revoked_at,
) = (
    service_keys::id,
    service_keys::name,
    service_keys::scopes,
    service_keys::created_at,
    service_keys::expires_at,
    service_keys::last_used_at,
    service_keys::revoked_at,
);

fn key(
    (id, name, scopes, created_at, expires_at, last_used_at, revoked_at): ServiceKeyColumns,
) -> ServiceKey {
    ServiceKey {
        id,
        name,
        scopes: scopes.split(' ').filter_map(|scope| scope.parse::<Scope>().ok()).collect(),
        created_at: created_at.into(),
        expires_at: expires_at.map(Into::into),
        last_used_at: last_used_at.map(Into::into),
        revoked_at: revoked_at.map(Into::into),
    }
}

/// The key with this hash, whether or not it is still valid.
pub(super) fn find(conn: &mut Conn, token_hash: &str) -> QueryResult<Option<ServiceKey>> {
    let row: Option<ServiceKeyColumns> = service_keys::table
        .filter(service_keys::token_hash.eq(token_hash))
        .select(KEY)
        .first(conn)
        .optional()?;
    Ok(row.map(key))
}

/// Every key, including revoked and expired ones, oldest first.
pub(super) fn list(conn: &mut Conn) -> QueryResult<Vec<ServiceKey>> {
    let rows: Vec<ServiceKeyColumns> =
        service_keys::table.order((service_keys::created_at, service_keys::id)).select(KEY).load(conn)?;
    Ok(rows.into_iter().map(key).collect())
}

/// Revokes the key. False if there is no such key, or it is revoked already.
pub(super) fn revoke(conn: &mut Conn, id: &KeyId, at: DateTime<Utc>) -> QueryResult<bool> {
    use service_keys::dsl;
    let row = dsl::service_keys.filter(dsl::id.eq(id)).filter(dsl::revoked_at.is_null());
    Ok(diesel::update(row).set(dsl::revoked_at.eq(Some(UtcTime::from(at)))).execute(conn)? == 1)
}

/// Records that the key was used, unless that was recorded within the last `every`.
pub(super) fn touch(conn: &mut Conn, id: &KeyId, at: DateTime<Utc>, every: TimeDelta) -> QueryResult<()> {
    use service_keys::dsl;
    let row = dsl::service_keys
        .filter(dsl::id.eq(id))
        .filter(dsl::last_used_at.is_null().or(dsl::last_used_at.lt(UtcTime::from(at - every))));
    diesel::update(row).set(dsl::last_used_at.eq(Some(UtcTime::from(at)))).execute(conn).map(drop)
}

/// A player as the API shows one, with the link if there is one.
pub(super) struct FoundPlayer {
    pub id: PlayerId,
    pub display_name: String,
    pub created_at: DateTime<Utc>,
    pub link: Option<FoundLink>,
}

pub(super) struct FoundLink {
    pub state: LinkState,
    pub since: DateTime<Utc>,
    pub cause: Option<StateCause>,
    pub amazon_id: String,
    pub scopes: String,
    pub linked_at: DateTime<Utc>,
    pub checked_at: DateTime<Utc>,
    pub is_renewable: bool,
}

type PlayerLinkColumns = (LinkState, UtcTime, Option<StateCause>, String, String, UtcTime, UtcTime, bool);
type FoundPlayerColumns = (PlayerId, String, UtcTime, Option<PlayerLinkColumns>);

/// The player with this id, unless disabled.
pub(super) fn player(conn: &mut Conn, id: &PlayerId) -> QueryResult<Option<FoundPlayer>> {
    let row: Option<FoundPlayerColumns> = players::table
        .left_join(amazon_links::table)
        .filter(players::id.eq(id))
        .filter(players::disabled_at.is_null())
        .select((
            players::id,
            players::display_name,
            players::created_at,
            (
                amazon_links::state,
                amazon_links::state_since,
                amazon_links::state_cause,
                amazon_links::amazon_id,
                amazon_links::scopes,
                amazon_links::linked_at,
                amazon_links::checked_at,
                amazon_links::refresh_token_sealed.is_not_null(),
            )
                .nullable(),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, display_name, created_at, link)| FoundPlayer {
        id,
        display_name,
        created_at: created_at.into(),
        link: link.map(found_link),
    }))
}

fn found_link(
    (state, since, cause, amazon_id, scopes, linked_at, checked_at, is_renewable): PlayerLinkColumns,
) -> FoundLink {
    FoundLink {
        state,
        since: since.into(),
        cause,
        amazon_id,
        scopes,
        linked_at: linked_at.into(),
        checked_at: checked_at.into(),
        is_renewable,
    }
}

/// The player who has this Amazon identity linked. A revoked link keeps its identity but does not count.
pub(super) fn player_of_identity(conn: &mut Conn, amazon_id: &str) -> QueryResult<Option<PlayerId>> {
    amazon_links::table
        .filter(amazon_links::amazon_id.eq(amazon_id))
        .filter(amazon_links::state.ne(LinkState::Revoked))
        .select(amazon_links::player_id)
        .first(conn)
        .optional()
}
