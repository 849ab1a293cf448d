//! Checks the user that runs the program, and the free disk space.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::config::{Config, DatabaseLocation};

const ABOUT: &str = "machine";

/// Free bytes below which SQLite may soon fail to write.
const ROOM: u64 = 1024 * 1024 * 1024;

pub(super) fn check_machine(config: &Config) -> Vec<DoctorLine> {
    let mut lines = vec![user()];
    if let DatabaseLocation::Sqlite(path) = &config.database.location {
        lines.push(room(path));
    }
    lines
}

/// Whether this process runs as root.
pub fn runs_as_root() -> io::Result<bool> {
    // The owner of a process's folder in `/proc` is its effective user.
    Ok(fs::metadata("/proc/self")?.uid() == 0)
}

fn user() -> DoctorLine {
    match runs_as_root() {
        Ok(true) => finding_line(
            ABOUT,
            "this runs as root",
            "run it as a user of its own, which owns the database file and nothing else",
        ),
        Ok(false) => ok_line(ABOUT, "this does not run as root"),
        Err(_) => note_line(ABOUT, "does not tell which user runs this"),
    }
}

fn room(path: &Path) -> DoctorLine {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match rustix::fs::statvfs(folder) {
        Ok(disk) => {
            let free = disk.f_bavail.saturating_mul(disk.f_frsize);
            let said = format!("{} MiB are free at {}", free / (1024 * 1024), folder.display());
            if free < ROOM {
                finding_line(ABOUT, said, "make room: a full disk stops every write")
            } else {
                ok_line(ABOUT, said)
            }
        }
        Err(_) => note_line(ABOUT, format!("does not tell how much room there is at {}", folder.display())),
    }
}

/// The type of the file system that contains `path`, from the kernel's list of mounts (`proc(5)`, mountinfo).
pub(super) fn mount_of(path: &Path) -> Option<String> {
    let path = fs::canonicalize(path).ok()?;
    kind_of(&path, &fs::read_to_string("/proc/self/mountinfo").ok()?)
}

/// The type of the longest mount point above `path`.
///
/// Of equal ones the later counts, because it covers the other.
fn kind_of(path: &Path, mounts: &str) -> Option<String> {
    let mounts = mounts.lines().filter_map(|line| {
        let (before, after) = line.split_once(" - ")?;
        let point = PathBuf::from(before.split(' ').nth(4)?.replace("\\040", " "));
        Some((point, after.split(' ').next()?.to_owned()))
    });
    mounts
        .filter(|(point, _)| path.starts_with(point))
        .max_by_key(|(point, _)| point.components().count())
        .map(|(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_mount_counts() {
        let mounts = "22 1 8:1 / / rw,relatime shared:1 - ext4 /dev/sda1 rw\n\
                      40 22 0:30 / /srv/data rw - nfs4 filer:/data rw\n\
                      41 40 8:2 / /srv/data/local\\040disk rw - xfs /dev/sdb1 rw\n";
        for (path, kind) in [
            ("/var/x.db", "ext4"),
            ("/srv/data/x.db", "nfs4"),
            ("/srv/data/local disk/x.db", "xfs"),
            ("/srv/database/x.db", "ext4"),
        ] {
            assert_eq!(kind_of(Path::new(path), mounts).as_deref(), Some(kind), "{path}");
        }
    }
}
