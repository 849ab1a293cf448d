//! What is held of a player here: who types an address that has an account leaves it here for an hour.

use diesel::prelude::*;

use crate::platform::db::Conn;
use crate::platform::db::schema::registrations::dsl;

/// Forgets registrations with these addresses. They could not end in an account, because there was one.
pub fn erase(conn: &mut Conn, email_keys: &[String]) -> QueryResult<()> {
    diesel::delete(dsl::registrations.filter(dsl::email_key.eq_any(email_keys))).execute(conn).map(drop)
}
