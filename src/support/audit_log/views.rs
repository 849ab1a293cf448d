//! View models of the audit log.

use std::collections::HashMap;

use askama::Template;

use crate::audit::{Actor, AuditEntry, Kind};
use crate::platform::ids::StaffId;
use crate::support::audit_log::forms::AuditForm;
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext};

/// `/support/audit`.
#[derive(Template)]
#[template(path = "support/audit.html")]
pub(super) struct AuditPage {
    pub page: Page,
    pub rows: Vec<AuditLogRow>,
    pub kinds: Vec<(String, String, bool)>,
    pub actors: Vec<(String, String, bool)>,
    pub asked: AuditForm,
    /// The filters, for the hidden fields of the export form.
    pub pairs: Vec<(String, String)>,
    pub is_narrowed: bool,
    /// Addresses of the next page of older records, and of the first page.
    pub older: Option<String>,
    pub newest: Option<String>,
}

pub(super) struct AuditLogRow {
    pub at: ShownTime,
    pub kind: String,
    pub actor: String,
    /// The email address of the member of staff.
    pub staff: Option<String>,
    pub player: Option<String>,
    /// The address of this player's records.
    pub of_player: String,
    pub network: String,
    pub reason: String,
    /// Names and values; staff by email address.
    pub details: Vec<(String, String)>,
    pub reference: String,
}

impl AuditPage {
    pub(super) fn new(
        context: &RequestContext,
        form: &AuditForm,
        listed: Vec<AuditEntry>,
        has_more: bool,
        names: &HashMap<StaffId, String>,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "audit-heading", "audit")?;
        let last = listed.last().map(|record| record.id.clone());
        let any = |chosen: &str, text: &str| (String::new(), page.t(text), chosen.is_empty());
        let kinds = Kind::ALL.iter().map(|kind| kind.as_str());
        let actors = Actor::ALL.iter().map(|actor| actor.as_str());
        Ok(Self {
            kinds: std::iter::once(any(&form.kind, "audit-any-kind"))
                .chain(kinds.map(|kind| (kind.to_owned(), kind.to_owned(), kind == form.kind)))
                .collect(),
            actors: std::iter::once(any(&form.actor, "audit-any-actor"))
                .chain(
                    actors.map(|actor| {
                        (actor.to_owned(), page.t(&format!("actor-{actor}")), actor == form.actor)
                    }),
                )
                .collect(),
            rows: listed.into_iter().map(|record| row(&page, record, names)).collect(),
            pairs: form
                .pairs()
                .into_iter()
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .collect(),
            is_narrowed: !form.pairs().is_empty(),
            older: last.filter(|_| has_more).map(|last| form.address(Some(&last))),
            newest: form.before().map(|_| form.address(None)),
            asked: form.clone(),
            page,
        })
    }
}

/// The details as pairs; details that are no JSON object are shown unchanged.
fn details_of(details: &str, names: &HashMap<StaffId, String>) -> Vec<(String, String)> {
    let Ok(serde_json::Value::Object(details)) = serde_json::from_str(details) else {
        return vec![(String::new(), details.to_owned())];
    };
    let shown = |value: serde_json::Value| match value {
        serde_json::Value::String(text) => names.get(&StaffId::from(text.clone())).cloned().unwrap_or(text),
        other => other.to_string(),
    };
    details.into_iter().map(|(name, value)| (name, shown(value))).collect()
}

fn row(page: &Page, record: AuditEntry, names: &HashMap<StaffId, String>) -> AuditLogRow {
    let player = record.player.map(|player| player.to_string());
    let of_player = AuditForm { player: player.clone().unwrap_or_default(), ..AuditForm::default() };
    AuditLogRow {
        at: page.moment(record.at),
        kind: record.kind,
        actor: match record.actor.parse::<Actor>() {
            Ok(actor) => page.t(&format!("actor-{}", actor.as_str())),
            Err(_) => record.actor,
        },
        staff: record.staff.map(|id| names.get(&id).cloned().unwrap_or_else(|| id.to_string())),
        of_player: of_player.address(None),
        player,
        network: record.network.unwrap_or_default(),
        reason: record.reason.unwrap_or_default(),
        details: details_of(&record.details, names),
        reference: record.reference,
    }
}
