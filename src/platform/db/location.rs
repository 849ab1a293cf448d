//! Where the database is, and that a file of it is its owner's alone.

use std::fs;
use std::path::{Path, PathBuf};

use crate::platform::fault::Fault;

/// Whether `url` names a SQLite database.
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The file of a SQLite database.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

/// What the driver is told.
pub(super) fn target_of(url: &str) -> String {
    sqlite_path(url).map_or_else(|| url.to_owned(), |path| path.display().to_string())
}

/// Keeps the database file to its owner (S90). A folder made here is the owner's alone too.
pub(super) fn restrict_to_owner(path: &Path) -> Result<(), Fault> {
    use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
    let during = "restricting the database file to its owner";
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty() && !folder.exists()) {
        fs::DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)
            .map_err(|error| Fault::broken(during, error))?;
    }
    let file = fs::OpenOptions::new()
        .create(true)
        .append(true)
        .mode(0o600)
        .open(path)
        .map_err(|error| Fault::broken(during, error))?;
    file.set_permissions(fs::Permissions::from_mode(0o600)).map_err(|error| Fault::broken(during, error))
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn the_file_is_its_owners_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("new").join("dovetail.db");
        restrict_to_owner(&path).unwrap();
        for (path, mode) in [(path.as_path(), 0o600), (path.parent().unwrap(), 0o700)] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, mode, "{}", path.display());
        }
    }
}
