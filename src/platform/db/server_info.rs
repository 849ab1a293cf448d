//! Facts that PostgreSQL reports about itself, for the operator.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Bool;

use crate::platform::db::Conn;
use crate::platform::db::types::UtcTimestamp;

/// The server as this connection sees it.
#[expect(clippy::struct_excessive_bools, reason = "five answers of one question, each on its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, QueryableByName)]
pub struct ServerInfo {
    #[diesel(sql_type = Bool)]
    pub is_superuser: bool,
    #[diesel(sql_type = Bool)]
    pub is_encrypted: bool,
    /// Whether the connection uses a socket file or a loopback address.
    #[diesel(sql_type = Bool)]
    pub is_local: bool,
    /// Whether its messages are English, by which shortages are recognised.
    #[diesel(sql_type = Bool)]
    pub are_messages_english: bool,
    /// Whether the role may create tables in this schema.
    #[diesel(sql_type = Bool)]
    pub may_create: bool,
}

/// Queries PostgreSQL. On SQLite all are false: it has no roles and no network.
pub fn server(conn: &mut Conn) -> QueryResult<ServerInfo> {
    let Conn::Postgres(conn) = conn else { return Ok(ServerInfo::default()) };
    sql_query(
        "SELECT current_setting('is_superuser') = 'on' AS is_superuser, \
         coalesce((SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()), false) AS is_encrypted, \
         coalesce(inet_server_addr() << '127.0.0.0/8' OR inet_server_addr() = '::1', true) AS is_local, \
         current_setting('lc_messages') ~ '^(C|POSIX)($|[.])|^en' AS are_messages_english, \
         has_schema_privilege(current_user, current_schema(), 'CREATE') AS may_create",
    )
    .get_result(conn)
}

#[derive(QueryableByName)]
struct ServerTime {
    #[diesel(sql_type = UtcTimestamp)]
    now: DateTime<Utc>,
}

/// The server's clock. `None` for SQLite, which uses the machine's clock.
pub fn clock(conn: &mut Conn) -> QueryResult<Option<DateTime<Utc>>> {
    let Conn::Postgres(conn) = conn else { return Ok(None) };
    let now: ServerTime = sql_query("SELECT clock_timestamp() AT TIME ZONE 'UTC' AS now").get_result(conn)?;
    Ok(Some(now.now))
}
