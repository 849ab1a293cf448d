//! Columns that contain the vault's envelopes, described for key rotation.
//!
//! Rows are read in the order of their ids, each with the context for which its envelope was sealed. An
//! envelope is replaced only if it is still the one that was read. Nothing here opens an envelope.

use diesel::prelude::*;

use crate::platform::crypto::vault::SealContext;
use crate::platform::db::Conn;

/// One column, built by [`sealed_column!`](crate::sealed_column).
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// The number of rows with an envelope.
    pub count: fn(&mut Conn) -> QueryResult<i64>,
    /// The envelopes after an id, ordered by id, up to a limit.
    pub after: fn(&mut Conn, &str, i64) -> QueryResult<Vec<SealedRow>>,
    /// Replaces the old envelope (third argument) of a row (second argument) by the new one (fourth).
    ///
    /// Returns false if the row has another envelope by now.
    pub replace: fn(&mut Conn, &str, &[u8], &[u8]) -> QueryResult<bool>,
}

/// One envelope with its row and context.
pub struct SealedRow {
    pub id: String,
    pub place: SealContext,
    pub envelope: Vec<u8>,
}

/// Describes a sealed column: `sealed_column!(mails.body_sealed, |id| place_of_body(&id))`.
///
/// The closure builds the context from columns of the row. They arrive as `String`s under their names, the id
/// first.
macro_rules! sealed_column {
    ($table:ident.$column:ident, |$id:ident $(, $more:ident)*| $place:expr) => {
        $crate::platform::db::sealed::SealedColumn {
            table: stringify!($table),
            column: stringify!($column),
            count: |conn| {
                use diesel::prelude::*;
                use $crate::platform::db::schema::$table::dsl;
                dsl::$table.filter(dsl::$column.is_not_null()).count().get_result(conn)
            },
            after: |conn, after, limit| {
                use diesel::prelude::*;
                use $crate::platform::db::schema::$table::dsl;
                type Columns = ((String, $($crate::sealed_column!(@text $more),)*), Option<Vec<u8>>);
                let rows: Vec<Columns> = dsl::$table
                    .filter(dsl::$id.gt(after))
                    .filter(dsl::$column.is_not_null())
                    .order(dsl::$id)
                    .limit(limit)
                    .select(((dsl::$id, $(dsl::$more,)*), dsl::$column.nullable()))
                    .load(conn)?;
                let row = |(($id, $($more,)*), envelope): Columns| {
                    let id = $id.clone();
                    let envelope = envelope.unwrap_or_default();
                    $crate::platform::db::sealed::SealedRow { id, place: $place, envelope }
                };
                Ok(rows.into_iter().map(row).collect())
            },
            replace: |conn, id, old, new| {
                use diesel::prelude::*;
                use $crate::platform::db::schema::$table::dsl;
                let same = dsl::$table.filter(dsl::$id.eq(id)).filter(dsl::$column.eq(old));
                Ok(diesel::update(same).set(dsl::$column.eq(new)).execute(conn)? == 1)
            },
        }
    };
    (@text $name:ident) => { String };
}
pub(crate) use sealed_column;
