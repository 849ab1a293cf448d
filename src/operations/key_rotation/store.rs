//! The table of sealing keys. It holds their names and never a key.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::sealing_keys::dsl;
use crate::platform::db::{Conn, UtcTime};

/// A key that may seal something.
pub(super) struct KnownKey {
    pub id: String,
    pub sealing_at: Option<DateTime<Utc>>,
    pub is_given_up: bool,
}

/// Every key that was ever in the ring and was not seen to be idle since.
pub(super) fn known(conn: &mut Conn) -> QueryResult<Vec<KnownKey>> {
    let rows: Vec<(String, Option<UtcTime>, Option<UtcTime>)> =
        dsl::sealing_keys.order(dsl::id).select((dsl::id, dsl::sealing_at, dsl::given_up_at)).load(conn)?;
    let known = |(id, sealing_at, given_up_at): (String, Option<UtcTime>, Option<UtcTime>)| KnownKey {
        id,
        sealing_at: sealing_at.map(Into::into),
        is_given_up: given_up_at.is_some(),
    };
    Ok(rows.into_iter().map(known).collect())
}

/// Remembers a key that is in a ring, and when a copy seals with it. A unique violation means that another
/// copy has just done so.
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

/// Notes that a key is lost. False if it is not known.
pub(super) fn give_up(conn: &mut Conn, key: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let row = dsl::sealing_keys.filter(dsl::id.eq(key));
    Ok(diesel::update(row).set(dsl::given_up_at.eq(Some(UtcTime::from(at)))).execute(conn)? == 1)
}

/// Forgets a key that seals nothing.
pub(super) fn forget(conn: &mut Conn, key: &str) -> QueryResult<()> {
    diesel::delete(dsl::sealing_keys.filter(dsl::id.eq(key))).execute(conn).map(drop)
}
