//! Column types: instants, ids, and enums.

use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::query_builder::QueryId;
use diesel::serialize::{self, Output, ToSql};
use diesel::sql_types::{HasSqlType, SqlOrd, SqlType, Text, Timestamp};

use crate::platform::db::connection::MultiBackend;

/// The SQL type of an instant. It is stored as `Timestamp` and read as [`DateTime<Utc>`].
///
/// Columns contain UTC on both databases: SQLite has no time zones, and PostgreSQL's `timestamptz` has no
/// counterpart there.
#[derive(Clone, Copy, Debug, Default, QueryId, SqlType)]
#[diesel(postgres_type(oid = 1114, array_oid = 1115), sqlite_type(name = "Text"))]
pub struct UtcTimestamp;

impl SqlOrd for UtcTimestamp {}

impl HasSqlType<UtcTimestamp> for MultiBackend {
    fn metadata(lookup: &mut Self::MetadataLookup) -> Self::TypeMetadata {
        Self::lookup_sql_type::<UtcTimestamp>(lookup)
    }
}

impl<DB> FromSql<UtcTimestamp, DB> for DateTime<Utc>
where
    DB: Backend,
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(|at| at.and_utc())
    }
}

/// An instant to be compared or written, and an instant as the export prints it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, AsExpression, FromSqlRow)]
#[diesel(sql_type = UtcTimestamp)]
pub struct UtcTime(NaiveDateTime);

impl From<DateTime<Utc>> for UtcTime {
    fn from(at: DateTime<Utc>) -> Self {
        Self(at.naive_utc())
    }
}

impl fmt::Debug for UtcTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0.and_utc(), f)
    }
}

/// RFC 3339 with milliseconds.
impl serde::Serialize for UtcTime {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0.and_utc().to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

impl<DB> FromSql<UtcTimestamp, DB> for UtcTime
where
    DB: Backend,
    NaiveDateTime: FromSql<Timestamp, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        NaiveDateTime::from_sql(bytes).map(Self)
    }
}

impl<DB> ToSql<UtcTimestamp, DB> for UtcTime
where
    DB: Backend,
    NaiveDateTime: ToSql<Timestamp, DB>,
{
    fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, DB>) -> serialize::Result {
        self.0.to_sql(out)
    }
}

/// A column that lists words, separated by blanks. A word that this version does not know is left out.
#[derive(FromSqlRow)]
pub struct WordList<W>(Vec<W>);

impl<W> From<WordList<W>> for Vec<W> {
    fn from(list: WordList<W>) -> Self {
        list.0
    }
}

impl<W, DB> FromSql<Text, DB> for WordList<W>
where
    W: FromStr,
    DB: Backend,
    String: FromSql<Text, DB>,
{
    fn from_sql(bytes: DB::RawValue<'_>) -> deserialize::Result<Self> {
        let words = String::from_sql(bytes)?;
        Ok(Self(words.split(' ').filter_map(|word| word.parse().ok()).collect()))
    }
}

/// Defines an id type: `UUIDv7` as text.
///
/// The program creates ids, not the database, so that both databases behave alike and rows sort by age.
macro_rules! id_type {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
                 diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
        #[diesel(sql_type = diesel::sql_types::Text)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// A new id with the timestamp `now`.
            pub fn new(now: chrono::DateTime<chrono::Utc>) -> Self {
                Self($crate::platform::db::new_id(now))
            }

            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        /// Accepts any text from a caller; an unknown id finds no row.
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        $crate::text_column!($name, |id: &$name| &id.0, |text: String| Ok(Self(text)));
    };
}
pub(crate) use id_type;

/// Defines enums as [`text_enum`](crate::text_enum) does, and stores them as text.
macro_rules! stored_enum {
    ($($(#[$attribute:meta])* $visibility:vis enum $name:ident $variants:tt)+) => {
        $crate::text_enum! { $(
            $(#[$attribute])*
            #[derive(diesel::expression::AsExpression, diesel::deserialize::FromSqlRow)]
            #[diesel(sql_type = diesel::sql_types::Text)]
            $visibility enum $name $variants
        )+ }

        $($crate::text_column!($name, |value: &$name| value.as_str(), |text: String| text.parse().map_err(Into::into));)+
    };
}
pub(crate) use stored_enum;

/// Stores a type as text, on every backend that stores text.
macro_rules! text_column {
    ($name:ident, $to:expr, $from:expr) => {
        impl<DB> diesel::deserialize::FromSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            String: diesel::deserialize::FromSql<diesel::sql_types::Text, DB>,
        {
            fn from_sql(bytes: DB::RawValue<'_>) -> diesel::deserialize::Result<Self> {
                let from: fn(String) -> diesel::deserialize::Result<Self> = $from;
                from(String::from_sql(bytes)?)
            }
        }

        impl<DB> diesel::serialize::ToSql<diesel::sql_types::Text, DB> for $name
        where
            DB: diesel::backend::Backend,
            str: diesel::serialize::ToSql<diesel::sql_types::Text, DB>,
        {
            fn to_sql<'b>(
                &'b self,
                out: &mut diesel::serialize::Output<'b, '_, DB>,
            ) -> diesel::serialize::Result {
                let to: fn(&'b Self) -> &'b str = $to;
                to(self).to_sql(out)
            }
        }
    };
}
pub(crate) use text_column;
