//! The database's URL: a SQLite file restricted to its owner, or a server with libpq's timeouts.

use std::fs;
use std::path::{Path, PathBuf};

use url::Url;

use crate::platform::fault::Fault;

/// Timeouts of libpq, unless the operator's URL sets them.
///
/// libpq's defaults wait for ever, or for hours. Over a Unix socket only the first has an effect.
const LIBPQ_WAITS: [(&str, &str); 5] = [
    // Seconds to connect; libpq accepts no fewer than two.
    ("connect_timeout", "2"),
    // Milliseconds until sent data must be acknowledged.
    ("tcp_user_timeout", "3000"),
    // Seconds of silence before the first probe, seconds between two probes, and number of probes.
    ("keepalives_idle", "5"),
    ("keepalives_interval", "2"),
    ("keepalives_count", "3"),
];

/// Whether `url` names a SQLite database.
pub fn is_sqlite(url: &str) -> bool {
    url.starts_with("sqlite:")
}

/// The file of a SQLite database.
pub fn sqlite_path(url: &str) -> Option<PathBuf> {
    let path = url.strip_prefix("sqlite:")?;
    Some(PathBuf::from(path.strip_prefix("//").unwrap_or(path)))
}

/// The connection string for the driver.
pub(super) fn target_of(url: &str) -> String {
    sqlite_path(url).map_or_else(|| with_waits(url), |path| path.display().to_string())
}

/// The URL of a server, with each of [`LIBPQ_WAITS`] that it does not set.
fn with_waits(url: &str) -> String {
    let Ok(parsed) = Url::parse(url) else { return url.to_owned() };
    let mut target = url.to_owned();
    let mut separator = if parsed.query().is_some() { '&' } else { '?' };
    for (name, value) in LIBPQ_WAITS {
        if parsed.query_pairs().all(|(set, _)| set != name) {
            target.push(separator);
            target.push_str(name);
            target.push('=');
            target.push_str(value);
            separator = '&';
        }
    }
    target
}

/// Restricts the database file to its owner (S90). A directory created here is restricted as well.
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
    fn every_wait_for_a_server_has_an_end_that_the_operator_may_choose() {
        const REST: &str = "keepalives_idle=5&keepalives_interval=2&keepalives_count=3";
        for (url, target) in [
            ("postgres://u:p@db/d", "postgres://u:p@db/d?connect_timeout=2&tcp_user_timeout=3000&"),
            (
                "postgresql:///d?host=/run/postgresql",
                "postgresql:///d?host=/run/postgresql&connect_timeout=2&tcp_user_timeout=3000&",
            ),
            (
                "postgres://u:p%3F@db/d?tcp_user_timeout=9000&sslmode=verify-full&connect_timeout=7",
                "postgres://u:p%3F@db/d?tcp_user_timeout=9000&sslmode=verify-full&connect_timeout=7&",
            ),
        ] {
            assert_eq!(target_of(url), format!("{target}{REST}"));
        }
        assert_eq!(target_of("sqlite:/var/x.db"), "/var/x.db");
    }

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
