//! All rows of a database as text, to see whether anything changed.

use std::collections::BTreeMap;

use diesel::sql_types::Text;
use diesel::{QueryableByName, RunQueryDsl, sql_query};
use dovetail::testing::platform::db::Conn;

use super::portal::Portal;

/// Sorted rows by table.
pub type Dump = BTreeMap<String, Vec<String>>;

impl Portal {
    /// Every row of every table, without the column `last_seen_at` (S34).
    pub fn dump(&self) -> Dump {
        of(&mut self.app().db.connection().unwrap())
    }
}

/// The dump of any database.
pub fn of(conn: &mut Conn) -> Dump {
    let tables = lines(
        conn,
        match conn {
            Conn::Postgres(_) => "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'",
            Conn::Sqlite(_) => {
                "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
            }
        },
    );
    tables
        .into_iter()
        .map(|table| {
            let query = rows_of(conn, &table);
            let mut rows = lines(conn, &query);
            rows.sort_unstable();
            (table, rows)
        })
        .collect()
}

/// The texts that a query returns in the column `line`.
pub fn lines(conn: &mut Conn, query: &str) -> Vec<String> {
    let rows: Vec<Line> = on_backend!(conn, |conn| sql_query(query).load(conn)).unwrap();
    rows.into_iter().map(|row| row.line).collect()
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

fn rows_of(conn: &mut Conn, table: &str) -> String {
    if matches!(conn, Conn::Postgres(_)) {
        return format!("SELECT (to_jsonb(t) - 'last_seen_at')::text AS line FROM {table} t");
    }
    let columns = lines(
        conn,
        &format!(
            "SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}') \
             WHERE name <> 'last_seen_at'"
        ),
    );
    format!("SELECT {} AS line FROM {table}", columns.join(" || ' ' || "))
}

/// The rows that only one of the two dumps has, for the message of a failed comparison.
pub fn difference(before: &Dump, after: &Dump) -> Vec<String> {
    let mut told = Vec::new();
    for (table, rows) in after {
        let known = before.get(table).map(Vec::as_slice).unwrap_or_default();
        told.extend(rows.iter().filter(|row| !known.contains(row)).map(|row| format!("+ {table}: {row}")));
        told.extend(known.iter().filter(|row| !rows.contains(row)).map(|row| format!("- {table}: {row}")));
    }
    told
}
