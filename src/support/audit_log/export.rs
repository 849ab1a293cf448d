//! The audit log as a CSV file.
//!
//! No cell is a formula (CWE-1236), and the export itself is put on record.

use std::collections::HashMap;

use chrono::SecondsFormat;

use crate::audit::{self, AuditEntry, AuditFilter, Kind};
use crate::platform::fault::Fault;
use crate::platform::ids::StaffId;
use crate::support::audit_log::csv_injection::inert;
use crate::support::staff;
use crate::web::{CurrentStaffMember, Permission, RequestContext};

/// Records of one database read.
const PAGE: i64 = 1_000;
/// The most records in one file; a file that is cut says so in its last line.
const MAX: usize = 50_000;

/// Without it Excel takes the file for Latin-1 and shows umlauts wrong.
const BYTE_ORDER_MARK: &str = "\u{feff}";

const HEADINGS: [&str; 10] =
    ["time", "kind", "actor", "staff", "player", "network", "reason", "details", "reference", "record"];

/// The file in the format of RFC 4180, behind a byte-order mark, by which Excel knows UTF-8; `asked` is the filter as typed, for the audit record.
///
/// `None` if the member of staff may no longer read the log.
pub(super) async fn export(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    filter: AuditFilter,
    asked: &[(&'static str, &str)],
) -> Result<Option<Vec<u8>>, Fault> {
    let mut rows: Vec<AuditEntry> = Vec::new();
    let mut before: Option<String> = None;
    loop {
        let (vault, filter, from) = (context.app.vault.clone(), filter.clone(), before.clone());
        let page = context
            .app
            .db
            .read(move |conn| audit::list_records(conn, &vault, &filter, from.as_deref(), PAGE))
            .await?;
        before = page.last().map(|record| record.id.clone());
        let is_last = i64::try_from(page.len()).unwrap_or(PAGE) < PAGE;
        rows.extend(page);
        if is_last || rows.len() >= MAX {
            break;
        }
    }
    let is_cut = rows.len() >= MAX;
    let names = context.app.db.read(staff::emails).await?;
    let player = filter.player.clone();
    let bytes = written(&rows, &names, is_cut).map_err(|error| Fault::broken("writing an export", error))?;
    let asked: HashMap<&str, &str> = asked.iter().copied().collect();
    // The player whose records are listed sees that. An id without records stays a word in the details (S127).
    let event = context
        .staff_event(staff_member, Kind::AuditExported)
        .on_any(player.as_ref().filter(|_| !rows.is_empty()))
        .with(serde_json::json!({ "records": rows.len(), "filter": asked }));
    let (staff_member, now) = (staff_member.clone(), context.now);
    let is_allowed = context
        .app
        .db
        .write(move |conn| {
            if !staff::hold(conn, &staff_member, Permission::Audit, now)? {
                return Ok(false);
            }
            audit::append_event(conn, &event)?;
            Ok(true)
        })
        .await?;
    Ok(is_allowed.then_some(bytes))
}

fn written(
    rows: &[AuditEntry],
    names: &HashMap<StaffId, String>,
    is_cut: bool,
) -> Result<Vec<u8>, Box<dyn std::error::Error + Send + Sync>> {
    let mut file = csv::WriterBuilder::new()
        .quote_style(csv::QuoteStyle::Always)
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    file.write_record(HEADINGS)?;
    for row in rows {
        let staff = row.staff.as_ref().map(|id| names.get(id).cloned().unwrap_or_else(|| id.to_string()));
        let cells = [
            row.at.to_rfc3339_opts(SecondsFormat::Millis, true),
            row.kind.clone(),
            row.actor.clone(),
            staff.unwrap_or_default(),
            row.player.as_ref().map(ToString::to_string).unwrap_or_default(),
            row.network.clone().unwrap_or_default(),
            row.reason.clone().unwrap_or_default(),
            row.details.clone(),
            row.reference.clone(),
            row.id.clone(),
        ];
        file.write_record(cells.iter().map(|cell| inert(cell).into_owned()))?;
    }
    if is_cut {
        let mut last = [""; HEADINGS.len()];
        last[1] = "cut here: there are more records, narrow the filter";
        file.write_record(last)?;
    }
    file.into_inner().map_err(|error| error.into_error().into())
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;

    use super::*;

    #[test]
    fn a_reason_that_is_a_formula_stays_words() {
        let row = AuditEntry {
            id: "1".into(),
            at: DateTime::UNIX_EPOCH,
            kind: "staff.role.changed".into(),
            actor: "support".into(),
            player: None,
            staff: None,
            reference: "R".into(),
            details: "{}".into(),
            network: None,
            browser: None,
            reason: Some("=HYPERLINK(\"https://evil.example\",\"x\")".into()),
        };
        let file = String::from_utf8(written(&[row], &HashMap::new(), true).unwrap()).unwrap();
        assert!(file.contains("\"'=HYPERLINK(\"\"https"), "{file}");
        assert!(!file.contains("\"=") && file.lines().count() == 3, "{file}");
        assert!(file.starts_with("\u{feff}\"time\",\"kind\""), "{file}");
        assert!(file.ends_with("\"\r\n") && file.matches("\r\n").count() == file.matches('\n').count());
        assert_eq!(file.matches('\u{feff}').count(), 1);
    }
}
