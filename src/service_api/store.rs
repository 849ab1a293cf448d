//! Queries for service keys, and for what the API reads of players and links.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::links::{LinkState, StateCause};
use crate::platform::db::schema::{amazon_links, players, service_keys};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::PlayerId;
use crate::service_api::model::{KeyId, ServiceKey};

pub(super) fn insert_key(conn: &mut Conn, key: &ServiceKey, token_hash: &str) -> QueryResult<()> {
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

/// The key with this hash, whether or not it is still valid.
pub(super) fn find_key(conn: &mut Conn, token_hash: &str) -> QueryResult<Option<ServiceKey>> {
    service_keys::table
        .filter(service_keys::token_hash.eq(token_hash))
        .select(ServiceKey::as_select())
        .first(conn)
        .optional()
}

/// Every key, including revoked and expired ones, oldest first.
pub(super) fn list_keys(conn: &mut Conn) -> QueryResult<Vec<ServiceKey>> {
    service_keys::table
        .order((service_keys::created_at, service_keys::id))
        .select(ServiceKey::as_select())
        .load(conn)
}

/// Revokes the key. False if there is no such key, or it is revoked already.
pub(super) fn revoke_key(conn: &mut Conn, id: &KeyId, at: DateTime<Utc>) -> QueryResult<bool> {
    use service_keys::dsl;
    let row = dsl::service_keys.filter(dsl::id.eq(id)).filter(dsl::revoked_at.is_null());
    Ok(diesel::update(row).set(dsl::revoked_at.eq(Some(UtcTime::from(at)))).execute(conn)? == 1)
}

/// Records that the key was used, unless that was recorded within the last `every`.
pub(super) fn store_use(conn: &mut Conn, id: &KeyId, at: DateTime<Utc>, every: TimeDelta) -> QueryResult<()> {
    use service_keys::dsl;
    let row = dsl::service_keys
        .filter(dsl::id.eq(id))
        .filter(dsl::last_used_at.is_null().or(dsl::last_used_at.lt(UtcTime::from(at - every))));
    diesel::update(row).set(dsl::last_used_at.eq(Some(UtcTime::from(at)))).execute(conn).map(drop)
}

/// A player as the API shows one, with the link if there is one.
#[derive(Queryable, Selectable)]
#[diesel(table_name = players)]
pub(super) struct FoundPlayer {
    pub id: PlayerId,
    pub display_name: String,
    /// A JSON object of strings.
    pub segments: Option<String>,
    pub created_at: DateTime<Utc>,
    #[diesel(embed)]
    pub link: Option<FoundLink>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct FoundLink {
    pub state: LinkState,
    #[diesel(column_name = state_since)]
    pub since: DateTime<Utc>,
    #[diesel(column_name = state_cause)]
    pub cause: Option<StateCause>,
    pub amazon_id: String,
    pub scopes: String,
    pub linked_at: DateTime<Utc>,
    pub checked_at: DateTime<Utc>,
    #[diesel(select_expression = amazon_links::refresh_token_sealed.is_not_null())]
    pub is_renewable: bool,
}

/// The player with this id, unless disabled.
pub(super) fn player(conn: &mut Conn, id: &PlayerId) -> QueryResult<Option<FoundPlayer>> {
    players::table
        .left_join(amazon_links::table)
        .filter(players::id.eq(id))
        .filter(players::disabled_at.is_null())
        .select(FoundPlayer::as_select())
        .first(conn)
        .optional()
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
