//! All rows of a database as text, to tell whether anything changed.

use std::collections::BTreeMap;

use super::portal::Portal;

/// Rows by table, in an order of their own.
pub type Dump = BTreeMap<String, Vec<String>>;

impl Portal {
    /// Every row of every table, but for when somebody was last seen (S34).
    pub fn dump(&self) -> Dump {
        let tables = self.lines(if self.is_on_postgres() {
            "SELECT tablename::text AS line FROM pg_tables WHERE schemaname = 'public'"
        } else {
            "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        });
        tables
            .into_iter()
            .map(|table| {
                let mut rows = self.lines(&self.rows_of(&table));
                rows.sort_unstable();
                (table, rows)
            })
            .collect()
    }

    fn rows_of(&self, table: &str) -> String {
        if self.is_on_postgres() {
            return format!("SELECT (to_jsonb(t) - 'last_seen_at')::text AS line FROM {table} t");
        }
        let columns = self.lines(&format!(
            "SELECT 'quote(' || name || ')' AS line FROM pragma_table_info('{table}') \
             WHERE name <> 'last_seen_at'"
        ));
        format!("SELECT {} AS line FROM {table}", columns.join(" || ' ' || "))
    }
}

/// What one dump has and the other has not, for the message of a failed comparison.
pub fn difference(before: &Dump, after: &Dump) -> Vec<String> {
    let mut told = Vec::new();
    for (table, rows) in after {
        let known = before.get(table).map(Vec::as_slice).unwrap_or_default();
        told.extend(rows.iter().filter(|row| !known.contains(row)).map(|row| format!("+ {table}: {row}")));
        told.extend(known.iter().filter(|row| !rows.contains(row)).map(|row| format!("- {table}: {row}")));
    }
    told
}
