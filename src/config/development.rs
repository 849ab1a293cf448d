//! The keys of development: created once, stored beside the database, readable by their owner only.
//!
//! Only `serve` creates them, and only in development. They are never overwritten, because sealed tokens cannot
//! be opened without them.

use std::collections::BTreeMap;
use std::fs::{self, DirBuilder, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use super::database::DatabaseLocation;
use super::files;
use super::reader::SettingReader;
use super::secrets::{DOVETAIL_TOKEN_KEYS, new_keys};

const FILE: &str = "keys.env";

/// The path of the key file: beside a database file, otherwise in `data/`.
pub(super) fn keys_file(location: Option<&DatabaseLocation>) -> PathBuf {
    let folder = match location {
        Some(DatabaseLocation::Sqlite(path)) => path.parent(),
        _ => None,
    };
    folder.unwrap_or(Path::new("data")).join(FILE)
}

/// The content of the key file; empty if there is no file yet.
pub(super) fn read(reader: &mut SettingReader, path: &Path) -> BTreeMap<String, String> {
    let text = match fs::read_to_string(path) {
        Ok(text) => text,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return BTreeMap::new(),
        Err(_) => {
            reader.refuse(
                &DOVETAIL_TOKEN_KEYS,
                "is kept in keys.env beside the database, which cannot be read",
            );
            return BTreeMap::new();
        }
    };
    if files::group_or_others_may_use(path) {
        reader.refuse(
            &DOVETAIL_TOKEN_KEYS,
            "is kept in keys.env beside the database, which others may read; chmod it to 600",
        );
    }
    text.lines()
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

/// Creates the key file, unless it exists. Two processes that start at once end up with one file.
pub(super) fn make(path: &Path) -> io::Result<()> {
    if path.exists() {
        return Ok(());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    let draft = folder.join(format!(".{FILE}.{}", std::process::id()));
    write_draft(&draft)?;
    let made = fs::hard_link(&draft, path);
    fs::remove_file(&draft)?;
    match made {
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Ok(()),
        made => made,
    }
}

fn write_draft(path: &Path) -> io::Result<()> {
    let lines = new_keys().map_err(io::Error::other)?;
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(0o600).open(path)?;
    file.write_all(lines.as_bytes())?;
    file.sync_all()
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::*;

    #[test]
    fn keys_are_made_once_and_for_their_owner_alone() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("data").join(FILE);
        make(&path).unwrap();
        let first = fs::read(&path).unwrap();
        make(&path).unwrap();
        assert_eq!(fs::read(&path).unwrap(), first);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(fs::read_dir(path.parent().unwrap()).unwrap().count(), 1, "no draft is left");
    }
}
