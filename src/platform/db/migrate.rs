//! Brings the schema up to date under a lock, once even if several copies start at the same time.
//!
//! It refuses a database that a newer program has migrated, because this program does not know its columns
//! (S95).

use std::collections::BTreeSet;

use diesel::connection::SimpleConnection;
use diesel::migration::{Migration, MigrationSource, MigrationVersion};
use diesel::pg::Pg;
use diesel::sqlite::Sqlite;
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

use crate::platform::db::{Conn, connection};
use crate::platform::fault::Fault;

const SQLITE: EmbeddedMigrations = embed_migrations!("migrations/sqlite");
const POSTGRES: EmbeddedMigrations = embed_migrations!("migrations/postgres");

/// The number of the advisory lock; arbitrary, but unique on the server.
const LOCK: i64 = 0x0d0e_7a11;

/// The migrations of a database, compared with those of this program.
#[derive(Debug, PartialEq, Eq)]
pub struct MigrationStatus {
    /// Versions that this program would still apply, oldest first.
    pub pending: Vec<String>,
    /// Versions that this program does not know: a newer program applied them.
    pub unknown: Vec<String>,
}

/// Compares the database with the migrations in this program.
pub fn status(conn: &mut Conn) -> Result<MigrationStatus, Fault> {
    let known: BTreeSet<String> = versions(conn)?.into_iter().collect();
    let applied: BTreeSet<String> = conn
        .applied_migrations()
        .map_err(|error| Fault::broken("reading the schema's version", error))?
        .iter()
        .map(ToString::to_string)
        .collect();
    Ok(MigrationStatus {
        pending: known.difference(&applied).cloned().collect(),
        unknown: applied.difference(&known).cloned().collect(),
    })
}

/// The versions that the database has, oldest first.
pub fn applied(conn: &mut Conn) -> Result<Vec<String>, Fault> {
    let applied =
        conn.applied_migrations().map_err(|error| Fault::broken("reading the schema's version", error))?;
    let mut versions: Vec<String> = applied.iter().map(ToString::to_string).collect();
    versions.sort();
    Ok(versions)
}

/// Refuses a database that a newer program has migrated. Changes nothing.
pub fn refuse_newer(conn: &mut Conn) -> Result<(), Fault> {
    refuse_unknown(&status(conn)?, "checking the schema")
}

fn refuse_unknown(status: &MigrationStatus, during: &'static str) -> Result<(), Fault> {
    if status.unknown.is_empty() {
        return Ok(());
    }
    Err(Fault::broken(during, "the database was migrated by a newer dovetail"))
}

/// Applies pending migrations and returns their versions.
pub fn up(conn: &mut Conn) -> Result<Vec<String>, Fault> {
    let during = "bringing the schema up to date";
    let conn = &mut *MigrationLock::take(conn)?;
    refuse_unknown(&status(conn)?, during)?;
    let applied = match conn {
        Conn::Postgres(conn) => versions_of(conn.run_pending_migrations(POSTGRES)),
        // The write lock from the start makes another copy wait; it then finds no pending migration.
        Conn::Sqlite(conn) => {
            conn.immediate_transaction(|conn| versions_of(conn.run_pending_migrations(SQLITE)))
        }
    };
    applied.map_err(|error| Fault::broken(during, error))
}

fn versions_of(
    applied: diesel::migration::Result<Vec<MigrationVersion<'_>>>,
) -> diesel::migration::Result<Vec<String>> {
    Ok(applied?.iter().map(ToString::to_string).collect())
}

/// Reverts the newest migration. For tests and for developers.
#[cfg(feature = "test-support")]
pub fn down(conn: &mut Conn) -> Result<(), Fault> {
    match conn {
        Conn::Postgres(conn) => conn.revert_last_migration(POSTGRES).map(drop),
        Conn::Sqlite(conn) => conn.revert_last_migration(SQLITE).map(drop),
    }
    .map_err(|error| Fault::broken("reverting a migration", error))
}

/// The names of each database's migrations, for the test that compares them.
#[cfg(feature = "test-support")]
pub fn names() -> Result<(Vec<String>, Vec<String>), Fault> {
    Ok((names_in::<Sqlite>(&SQLITE)?, names_in::<Pg>(&POSTGRES)?))
}

fn versions(conn: &Conn) -> Result<Vec<String>, Fault> {
    let names = match conn {
        Conn::Postgres(_) => names_in::<Pg>(&POSTGRES)?,
        Conn::Sqlite(_) => names_in::<Sqlite>(&SQLITE)?,
    };
    Ok(names
        .into_iter()
        .map(|name| name.split_once('_').map_or(name.clone(), |(stamp, _)| stamp.replace('-', "")))
        .collect())
}

fn names_in<DB>(source: &EmbeddedMigrations) -> Result<Vec<String>, Fault>
where
    DB: diesel::backend::Backend,
    EmbeddedMigrations: MigrationSource<DB>,
{
    let migrations: Vec<Box<dyn Migration<DB>>> =
        source.migrations().map_err(|error| Fault::broken("reading the embedded migrations", error))?;
    Ok(migrations.iter().map(|migration| migration.name().to_string()).collect())
}

/// The connection while it has the migration lock.
struct MigrationLock<'a>(&'a mut Conn);

impl<'a> MigrationLock<'a> {
    fn take(conn: &'a mut Conn) -> Result<Self, Fault> {
        if let Conn::Postgres(conn) = conn {
            // A migration may take longer than a request may.
            conn.batch_execute(&format!(
                "SET statement_timeout = 0; SET lock_timeout = 0; SELECT pg_advisory_lock({LOCK});"
            ))
            .map_err(Fault::from)?;
        }
        Ok(Self(conn))
    }
}

impl std::ops::Deref for MigrationLock<'_> {
    type Target = Conn;
    fn deref(&self) -> &Conn {
        self.0
    }
}

impl std::ops::DerefMut for MigrationLock<'_> {
    fn deref_mut(&mut self) -> &mut Conn {
        self.0
    }
}

impl Drop for MigrationLock<'_> {
    fn drop(&mut self) {
        if let Conn::Postgres(conn) = &mut *self.0 {
            // The lock ends with the connection at the latest.
            let _ = conn.batch_execute(&format!("SELECT pg_advisory_unlock({LOCK});"));
        }
        let _ = connection::set_up(self.0);
    }
}
