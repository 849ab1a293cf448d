//! Checks the keys, and says what would be lost with each.

use super::{DoctorLine, finding_line, note_line, ok_line};
use crate::app;
use crate::config::{Config, DatabaseLocation};
use crate::operations::key_rotation;

const ABOUT: &str = "keys";

pub(super) fn check_keys(config: &Config) -> Vec<DoctorLine> {
    let Ok(secrets) = config.secrets() else {
        let fix = "run `dovetail serve` once, which makes them, or set them from `dovetail keys new`";
        return vec![finding_line(ABOUT, "there are no keys yet", fix)];
    };
    let mut lines = vec![ring(config)];
    let ids: Vec<&str> = secrets.token_keys.iter().map(|key| key.id.as_str()).collect();
    if let Some((first, others)) = ids.split_first() {
        let opens = match others {
            [] => "no other is known".to_owned(),
            others => format!("{} still open", others.join(", ")),
        };
        lines.push(ok_line(ABOUT, format!("{first} seals; {opens}")));
    }
    lines.extend(missing(config, &ids));
    lines.push(note_line(
        ABOUT,
        "losing a key of DOVETAIL_TOKEN_KEYS loses the Amazon tokens, passwords and waiting mails sealed with it",
    ));
    lines.push(note_line(
        ABOUT,
        "changing DOVETAIL_SESSION_KEY signs everybody out and voids open forms and codes",
    ));
    lines.push(own_keys(
        secrets.index_key.is_some(),
        "DOVETAIL_INDEX_KEY",
        "former Amazon accounts are no longer recognised and counted guesses start over",
    ));
    lines.push(own_keys(
        secrets.audit_key.is_some(),
        "DOVETAIL_AUDIT_KEY",
        "the audit chain so far can no longer be verified",
    ));
    lines
}

fn ring(config: &Config) -> DoctorLine {
    match app::open_vault(config) {
        Ok(vault) if vault.opens_what_it_seals() => ok_line(ABOUT, "every key opens what it seals"),
        _ => finding_line(
            ABOUT,
            "the key ring does not open what it seals",
            "set DOVETAIL_TOKEN_KEYS anew from a backup",
        ),
    }
}

/// Keys that sealed values in this database and are not in the ring (S65).
///
/// Returns nothing if the database does not answer, which the database check reports.
fn missing(config: &Config, ring: &[&str]) -> Vec<DoctorLine> {
    let is_there = !matches!(&config.database.location, DatabaseLocation::Sqlite(path) if !path.exists());
    let conn = is_there.then(|| app::open_database(config).and_then(|db| db.connection()));
    let Some(Ok(mut conn)) = conn else { return Vec::new() };
    let Ok(missing) = key_rotation::not_in(&mut conn, ring) else { return Vec::new() };
    let found = missing.iter().map(|key| {
        finding_line(
            ABOUT,
            format!("the key {key} has sealed values here and is not in DOVETAIL_TOKEN_KEYS"),
            "put it back behind the first one and run `dovetail keys reseal`; only then take it out",
        )
    });
    found.collect()
}

/// Whether a key has its own setting, and what a change of it costs.
fn own_keys(is_own: bool, name: &str, loss: &str) -> DoctorLine {
    if is_own {
        note_line(ABOUT, format!("{name} is set; when it changes, {loss}"))
    } else {
        note_line(ABOUT, format!("{name} is taken from DOVETAIL_SESSION_KEY; when that changes, {loss}"))
    }
}
