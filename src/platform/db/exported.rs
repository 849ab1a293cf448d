//! Rows of personal data, read page by page for the export of an account.

use crate::platform::db::{Conn, QueryResult};
use crate::platform::ids::PlayerId;

/// A row of personal data. [`exported_rows!`](crate::exported_rows) declares how a table is read.
pub trait ExportedRow: Sized {
    /// The value that orders the rows, unique in the table.
    fn key(&self) -> &str;

    /// At most `limit` rows of the player, after the row with the key `after`; an empty key begins.
    fn page(conn: &mut Conn, player: &PlayerId, after: &str, limit: i64) -> QueryResult<Vec<Self>>;
}

/// Declares the rows of a table with the columns `id` and `player_id`, or names the parts of the query.
macro_rules! exported_rows {
    ($row:ty, $table:ident) => {
        $crate::exported_rows!($row, id, $table::table, $table::id, $table::player_id);
    };
    ($row:ty, $field:ident, $from:expr, $key:expr, $player:expr) => {
        impl $crate::platform::db::exported::ExportedRow for $row {
            fn key(&self) -> &str {
                &self.$field
            }

            fn page(
                conn: &mut $crate::platform::db::Conn,
                player: &$crate::platform::ids::PlayerId,
                after: &str,
                limit: i64,
            ) -> diesel::QueryResult<Vec<Self>> {
                $from
                    .filter($player.eq(player))
                    .filter($key.gt(after))
                    .order($key)
                    .limit(limit)
                    .select(Self::as_select())
                    .load(conn)
            }
        }
    };
}
pub(crate) use exported_rows;
