//! Columns that hold envelopes of the vault, as a list can name them.
//!
//! Promises to walk such a column row by row, in the order of its ids, with the place each envelope was sealed
//! for, and to replace an envelope only while it still is the one that was read. Refuses to know what is in it.

use diesel::prelude::*;

use crate::platform::crypto::vault::SealContext;
use crate::platform::db::Conn;

/// One column, made by [`sealed_column!`](crate::sealed_column).
pub struct SealedColumn {
    pub table: &'static str,
    pub column: &'static str,
    /// How many rows have an envelope.
    pub count: fn(&mut Conn) -> QueryResult<i64>,
    /// The envelopes behind an id, oldest first, at most so many.
    pub after: fn(&mut Conn, &str, i64) -> QueryResult<Vec<SealedRow>>,
    /// Puts the third envelope where the second still is, in the row of the first. False if it is not.
    pub replace: fn(&mut Conn, &str, &[u8], &[u8]) -> QueryResult<bool>,
}

/// One envelope.
pub struct SealedRow {
    pub id: String,
    pub place: SealContext,
    pub envelope: Vec<u8>,
}

/// `sealed_column!(mails.body_sealed, |id| place_of_body(&id))`: a column, and the place of an envelope from the
/// row's own columns, which come as `String`s under their names, the id first.
#[macro_export]
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
