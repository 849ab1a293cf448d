//! Filters of the audit log.

use chrono::{DateTime, Days, NaiveDate, Utc};
use serde::Deserialize;

use crate::audit::{Actor, AuditFilter, Kind};
use crate::platform::ids::{PlayerId, StaffId};
use crate::web::form::may_be_id;
use crate::web::{ParsedForm, urls};

/// The query of `GET /support/audit`, and the form of its export.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct AuditForm {
    pub(super) kind: String,
    pub(super) actor: String,
    pub(super) player: String,
    pub(super) staff: String,
    /// First and last day, `2026-11-21`, in UTC; both are included.
    pub(super) from: String,
    pub(super) until: String,
    /// The id of the last record on the previous page.
    pub(super) before: String,
}

impl ParsedForm for AuditForm {}

impl AuditForm {
    /// The filters that are set, by field name.
    pub(super) fn pairs(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("kind", &self.kind),
            ("actor", &self.actor),
            ("player", &self.player),
            ("staff", &self.staff),
            ("from", &self.from),
            ("until", &self.until),
        ];
        all.into_iter()
            .map(|(name, value)| (name, value.trim()))
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }

    /// The parsed filter, or the names of the invalid fields.
    pub(super) fn filter(&self) -> Result<AuditFilter, Vec<&'static str>> {
        let mut wrong = Vec::new();
        let mut note = |field: &'static str, is_good: bool| {
            if !is_good {
                wrong.push(field);
            }
        };
        let (kind, actor) = (word::<Kind>(&self.kind), word::<Actor>(&self.actor));
        let (from, until) = (day(&self.from), day(&self.until));
        let (player, staff) = (id(&self.player), id(&self.staff));
        note("kind", kind.is_ok());
        note("actor", actor.is_ok());
        note("from", from.is_ok());
        note("until", until.is_ok());
        note("player", player.is_ok());
        note("staff", staff.is_ok());
        if !wrong.is_empty() {
            return Err(wrong);
        }
        Ok(AuditFilter {
            kinds: kind.unwrap_or_default().into_iter().collect(),
            actor: actor.unwrap_or_default(),
            player: player.unwrap_or_default().map(PlayerId::from),
            staff: staff.unwrap_or_default().map(StaffId::from),
            from: from.unwrap_or_default().map(start_of),
            until: until.unwrap_or_default().and_then(|day| day.checked_add_days(Days::new(1))).map(start_of),
        })
    }

    /// The address of the page that begins after the record `before`.
    pub(super) fn address(&self, before: Option<&str>) -> String {
        let query = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(self.pairs())
            .extend_pairs(before.map(|before| ("before", before)))
            .finish();
        if query.is_empty() { urls::AUDIT.to_owned() } else { format!("{}?{query}", urls::AUDIT) }
    }

    /// The record that this page begins after; `None` on the first page.
    pub(super) fn before(&self) -> Option<String> {
        id(&self.before).unwrap_or_default()
    }
}

fn word<T: std::str::FromStr>(text: &str) -> Result<Option<T>, ()> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    text.trim().parse().map(Some).map_err(|_| ())
}

fn day(text: &str) -> Result<Option<NaiveDate>, ()> {
    word::<NaiveDate>(text)
}

fn id(text: &str) -> Result<Option<String>, ()> {
    match text.trim() {
        "" => Ok(None),
        text if may_be_id(text) => Ok(Some(text.to_owned())),
        _ => Err(()),
    }
}

fn start_of(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(chrono::NaiveTime::MIN).and_utc()
}
