//! Personal data in registrations: somebody may have typed the address of an existing account.

use diesel::prelude::*;

use crate::platform::db::Conn;
use crate::platform::db::schema::registrations::dsl;

/// Deletes registrations with these addresses. They could not become an account, because there was one.
pub fn erase(conn: &mut Conn, email_keys: &[String]) -> QueryResult<()> {
    diesel::delete(dsl::registrations.filter(dsl::email_key.eq_any(email_keys))).execute(conn).map(drop)
}
