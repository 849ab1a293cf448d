//! Checks that the database answers, has this program's schema, and is protected.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::machine::mount_of;
use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::app;
use crate::config::{Config, DatabaseLocation};
use crate::platform::db::migrate::{self, MigrationStatus};
use crate::platform::db::{Conn, server_info};

const ABOUT: &str = "database";

/// File systems on which SQLite's locks are not reliable (S90).
const NETWORK: [&str; 9] =
    ["nfs", "nfs4", "cifs", "smb3", "smbfs", "9p", "fuse.sshfs", "fuse.glusterfs", "ceph"];

pub(super) fn check_database(config: &Config) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    if let DatabaseLocation::Sqlite(path) = &config.database.location {
        if !path.exists() {
            let fix = "make it with `dovetail migrate`, or correct DOVETAIL_DATABASE_URL";
            return vec![finding_line(ABOUT, format!("there is no file {}", path.display()), fix)];
        }
        lines.extend(file(path));
    }
    let reached = app::open_database(config).and_then(|db| db.connection());
    let mut conn = match reached {
        Ok(conn) => conn,
        Err(fault) => {
            let fix = match config.database.location {
                DatabaseLocation::Postgres(_) => {
                    "start PostgreSQL, and check host, port, name, user and password in DOVETAIL_DATABASE_URL"
                }
                _ => "check that the file is a database and that this user may write it",
            };
            lines.push(finding_line(ABOUT, format!("cannot be reached: {fault}"), fix));
            return lines;
        }
    };
    lines.push(ok_line(ABOUT, "answers"));
    lines.push(schema(&mut conn));
    if matches!(&*conn, Conn::Postgres(_)) {
        lines.extend(server(config, &mut conn));
    }
    lines
}

fn schema(conn: &mut Conn) -> DoctorLine {
    match migrate::status(conn) {
        Ok(MigrationStatus { unknown, .. }) if !unknown.is_empty() => finding_line(
            ABOUT,
            format!("was migrated by a newer dovetail ({})", unknown.join(", ")),
            "run that version, or restore a backup from before",
        ),
        Ok(MigrationStatus { pending, .. }) if !pending.is_empty() => finding_line(
            ABOUT,
            format!("lacks {} of this program's migrations", pending.len()),
            "run `dovetail migrate`",
        ),
        Ok(_) => ok_line(ABOUT, "its schema is this program's"),
        Err(fault) => {
            finding_line(ABOUT, format!("its schema cannot be read: {fault}"), "check what this user may do")
        }
    }
}

/// Checks the role and the connection at a PostgreSQL server (S91).
fn server(config: &Config, conn: &mut Conn) -> Vec<DoctorLine> {
    let server = match server_info::server(conn) {
        Ok(server) => server,
        Err(error) => return vec![note_line(ABOUT, format!("does not tell how it is set: {error}"))],
    };
    let mut lines = Vec::new();
    if server.is_superuser {
        lines.push(finding_line(
            ABOUT,
            "the role in DOVETAIL_DATABASE_URL is a superuser",
            "give the portal a role of its own that owns its database and nothing else",
        ));
    } else {
        lines.push(ok_line(ABOUT, "the role is no superuser"));
    }
    match (server.is_encrypted, server.is_local) {
        (true, _) => lines.push(ok_line(ABOUT, "the connection is encrypted")),
        (false, true) => lines.push(ok_line(ABOUT, "the server is on this machine; the connection is plain")),
        (false, false) => lines.push(finding_line(
            ABOUT,
            "the connection to another machine is plain",
            "add `sslmode=verify-full` and `sslrootcert=` to DOVETAIL_DATABASE_URL",
        )),
    }
    if !server.are_messages_english {
        lines.push(finding_line(
            ABOUT,
            "the server's messages are not English; those of a newer version may be unknown, and a full disk then looks like a fault",
            "as a superuser of the server: ALTER ROLE … SET lc_messages = 'C', for the role in DOVETAIL_DATABASE_URL",
        ));
    }
    if config.database.migrates_on_start && !server.may_create {
        lines.push(finding_line(
            ABOUT,
            "the role may not change the schema, and DOVETAIL_MIGRATE is on",
            "let another role run `dovetail migrate`, and set DOVETAIL_MIGRATE=off",
        ));
    }
    lines
}

fn file(path: &Path) -> Vec<DoctorLine> {
    let mut lines = Vec::new();
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    for (what, place, open) in [("file", path, 0o077), ("folder", folder, 0o022)] {
        match fs::metadata(place).map(|found| found.permissions().mode() & 0o777) {
            Ok(mode) if mode & open != 0 => lines.push(finding_line(
                ABOUT,
                format!("the {what} {} has mode {mode:o}", place.display()),
                if what == "file" { "chmod 600 it, and its -wal and -shm" } else { "chmod 700 it" },
            )),
            Ok(_) => lines.push(ok_line(ABOUT, format!("the {what} is its owner's"))),
            Err(error) => lines.push(finding_line(
                ABOUT,
                format!("the {what} {} cannot be looked at: {}", place.display(), error.kind()),
                "check who owns it, and who runs this",
            )),
        }
    }
    if let Some(kind) = mount_of(path).filter(|kind| NETWORK.contains(&kind.as_str())) {
        lines.push(finding_line(
            ABOUT,
            format!("the file lies on a network file system ({kind}), where locks do not hold"),
            "move it to a local disk, or use PostgreSQL",
        ));
    }
    lines
}
