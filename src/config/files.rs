//! Checks on the permissions of the program's files.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Whether users outside owner and group may read or change the file; false if it does not exist.
pub(super) fn others_may_use(path: &Path) -> bool {
    mode(path).is_some_and(|mode| mode & 0o006 != 0)
}

/// Whether users outside owner and group may replace files in the folder; false if it does not exist.
pub(super) fn others_may_write(folder: &Path) -> bool {
    mode(folder).is_some_and(|mode| mode & 0o002 != 0)
}

/// Whether anybody but the owner may read or change the file; false if it does not exist.
pub(super) fn group_or_others_may_use(path: &Path) -> bool {
    mode(path).is_some_and(|mode| mode & 0o066 != 0)
}

fn mode(path: &Path) -> Option<u32> {
    fs::metadata(path).ok().map(|metadata| metadata.permissions().mode())
}
