//! A copy of a SQLite database while the portal runs.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

use diesel::prelude::*;
use diesel::sql_types::Text;

use crate::platform::db::Conn;
use crate::platform::fault::Fault;

const DURING: &str = "copying the database";

/// Writes a copy of the database, as of now, into a new file that only its owner may read. False on PostgreSQL.
///
/// The copy holds no deleted rows, and it is on the disk when this returns.
pub fn copy_sqlite(conn: &mut Conn, path: &Path) -> Result<bool, Fault> {
    let Conn::Sqlite(conn) = conn else { return Ok(false) };
    let text = path.to_str().ok_or_else(|| Fault::broken(DURING, "the file's name is no UTF-8"))?;
    // SQLite fills an empty file, and refuses any other.
    let file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Fault::broken(DURING, error))?;
    if let Err(error) = diesel::sql_query("VACUUM INTO ?").bind::<Text, _>(text).execute(conn) {
        // Half a copy is worse than none. That it stays is told by the error.
        let _ = std::fs::remove_file(path);
        return Err(Fault::broken(DURING, error));
    }
    sync(&file, path)?;
    Ok(true)
}

/// Makes sure that file and name are on the disk.
fn sync(file: &File, path: &Path) -> Result<(), Fault> {
    file.sync_all().map_err(|error| Fault::broken(DURING, error))?;
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let folder = File::open(folder).map_err(|error| Fault::broken(DURING, error))?;
    folder.sync_all().map_err(|error| Fault::broken(DURING, error))
}
