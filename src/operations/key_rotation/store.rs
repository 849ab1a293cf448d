//! Reads and writes the table `sealing_keys`, which contains key ids and never a key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::sealing_keys::{self, dsl};
use crate::platform::db::{Conn, UtcTime};

/// A listed key.
#[derive(Queryable, Selectable)]
#[diesel(table_name = sealing_keys)]
pub(super) struct KnownKey {
    pub id: String,
    pub sealing_at: Option<DateTime<Utc>>,
    #[diesel(select_expression = sealing_keys::given_up_at.is_not_null())]
    pub is_given_up: bool,
}

/// All listed keys: every key of any ring that has not been found unused since.
pub(super) fn known(conn: &mut Conn) -> QueryResult<Vec<KnownKey>> {
    dsl::sealing_keys.order(dsl::id).select(KnownKey::as_select()).load(conn)
}

/// Lists a key of a ring, with the time at which a copy seals with it.
///
/// A unique violation means that another copy has just done so.
pub(super) fn remember(conn: &mut Conn, key: &str, sealing_at: Option<DateTime<Utc>>) -> QueryResult<()> {
    let row = dsl::sealing_keys.filter(dsl::id.eq(key));
    let none = None::<UtcTime>;
    let known = match sealing_at.map(UtcTime::from) {
        Some(at) => diesel::update(row)
            .set((dsl::sealing_at.eq(Some(at)), dsl::given_up_at.eq(none)))
            .execute(conn)?,
        None => diesel::update(row).set(dsl::given_up_at.eq(none)).execute(conn)?,
    };
    if known == 0 {
        diesel::insert_into(dsl::sealing_keys)
            .values((dsl::id.eq(key), dsl::sealing_at.eq(sealing_at.map(UtcTime::from))))
            .execute(conn)?;
    }
    Ok(())
}

/// Marks a key as lost. Returns false if it is not listed.
pub(super) fn give_up(conn: &mut Conn, key: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let row = dsl::sealing_keys.filter(dsl::id.eq(key));
    Ok(diesel::update(row).set(dsl::given_up_at.eq(Some(UtcTime::from(at)))).execute(conn)? == 1)
}

/// Removes a key that seals nothing.
pub(super) fn forget(conn: &mut Conn, key: &str) -> QueryResult<()> {
    diesel::delete(dsl::sealing_keys.filter(dsl::id.eq(key))).execute(conn).map(drop)
}
