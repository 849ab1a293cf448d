//! What the pages about personal data show.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::platform::i18n::Language;
use crate::web::{Page, PageError, RequestContext};

#[derive(Template)]
#[template(path = "privacy/page.html")]
pub(super) struct PrivacyPage {
    pub page: Page,
    pub chapters: Vec<Chapter>,
}

/// One kind of data: what it is, what it is for, and how long it is kept.
pub(super) struct Chapter {
    pub heading: String,
    pub body: String,
    pub kept: String,
}

/// The chapters of the page, each with the tables it describes. A test compares the list with the schema.
const CHAPTERS: [(&str, &[&str]); 18] = [
    ("player", &["players"]),
    ("amazon", &["amazon_links"]),
    ("former", &["former_links"]),
    ("session", &["sessions"]),
    (
        "factor",
        &[
            "player_second_factors",
            "player_recovery_codes",
            "remembered_browsers",
            "pending_sign_ins",
            "factor_recoveries",
        ],
    ),
    ("passkey", &["passkeys", "passkey_ceremonies"]),
    ("device", &["devices", "claim_codes", "game_sign_in_codes", "code_linkings"]),
    ("game", &["game_sessions", "game_tokens"]),
    ("trip", &["link_attempts"]),
    (
        "pending",
        &[
            "registrations",
            "email_changes",
            "email_undos",
            "held_answers",
            "link_undos",
            "password_resets",
            "sign_in_codes",
        ],
    ),
    ("mail", &["mails"]),
    ("guess", &["throttles"]),
    ("record", &["audit_events", "audit_keys", "audit_seals", "audit_heads"]),
    ("staff", &["staff", "staff_sessions", "staff_recovery_codes", "staff_proposals"]),
    ("note", &["player_notes"]),
    ("upkeep", &["refresh_counts", "refresh_brake", "restores"]),
    ("event", &["link_events", "link_event_counter", "webhook_deliveries"]),
    ("machine", &["webhook_endpoints", "service_keys"]),
];

/// The chapter about cookies, which are in no table.
const COOKIES: &str = "cookie";

impl PrivacyPage {
    pub(super) fn of(page: Page) -> Self {
        let language = page.language();
        let stems = CHAPTERS.iter().map(|(stem, _)| *stem).chain([COOKIES]);
        Self { chapters: stems.map(|stem| chapter(language, stem)).collect(), page }
    }
}

fn chapter(language: Language, stem: &str) -> Chapter {
    let text = |part: &str| language.text(&format!("privacy-{stem}{part}"));
    Chapter { heading: text(""), body: text("-body"), kept: text("-kept") }
}

/// `/account/data`.
#[derive(Template)]
#[template(path = "privacy/data.html")]
pub(super) struct DataPage {
    pub page: Page,
    /// How long audit records are kept, in words.
    record_days: String,
    backup_days: String,
    has_email: bool,
}

impl DataPage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        let (records, backups) = retention_days(context);
        Ok(Self {
            page: Page::new(context, "data-heading", "data")?,
            record_days: context.language.text_for_count("data-record-days", records),
            backup_days: context.language.text_for_count("data-backup-days", backups),
            has_email: context.player()?.player.email.is_some(),
        })
    }
}

/// `/account/data/delete`.
#[derive(Template)]
#[template(path = "privacy/delete.html")]
pub(super) struct ErasePage {
    pub page: Page,
    /// The word to type, in the language of the page.
    pub word: String,
    /// What the player typed.
    pub confirm: String,
    player_name: String,
    /// How long the account may still be kept; empty if it goes at once.
    first_closes: String,
    is_linked: bool,
    has_email: bool,
    record_days: String,
    backup_days: String,
}

impl ErasePage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        let (records, backups) = retention_days(context);
        let current_player = context.player()?;
        Ok(Self {
            page: Page::new(context, "data-delete-heading", "data")?,
            word: context.language.text("data-delete-word"),
            confirm: String::new(),
            player_name: current_player.player.display_name.clone(),
            first_closes: first_closes(context, current_player.player.email.is_some()),
            is_linked: current_player.has_live_link(),
            has_email: current_player.player.email.is_some(),
            record_days: context.language.text_for_count("data-delete-record-days", records),
            backup_days: context.language.text_for_count("data-delete-backup-days", backups),
        })
    }
}

/// `/goodbye`.
#[derive(Template)]
#[template(path = "privacy/goodbye.html")]
pub(super) struct GoodbyePage {
    page: Page,
    is_closing: bool,
    /// How long the account may still be kept.
    closing_lead: String,
}

impl GoodbyePage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        let is_closing = context.request.query_string() == "closing";
        let heading = if is_closing { "closing-heading" } else { "goodbye-heading" };
        let days = context.app.config.privacy.erase_after.num_days().max(1);
        Ok(Self {
            page: Page::new(context, heading, "")?,
            is_closing,
            closing_lead: context.language.text_for_count("closing-lead", days),
        })
    }
}

/// `/account/data/keep`.
#[derive(Template)]
#[template(path = "privacy/keep.html")]
pub(super) struct KeepPage {
    pub page: Page,
    /// When the account is deleted.
    day: String,
}

impl KeepPage {
    pub(super) fn new(context: &RequestContext, closes_at: DateTime<Utc>) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "keep-heading", "")?, day: context.language.date_time(closes_at) })
    }
}

/// What happens before an account goes. Empty where it goes at once.
fn first_closes(context: &RequestContext, has_email: bool) -> String {
    let wait = context.app.config.privacy.erase_after;
    if wait.is_zero() || !has_email {
        return String::new();
    }
    context.language.text_for_count("data-delete-closes", wait.num_days().max(1))
}

/// How many days audit records and backups are kept.
fn retention_days(context: &RequestContext) -> (i64, i64) {
    let config = &context.app.config;
    (config.audit.keep_for.num_days(), config.privacy.backups_keep.num_days())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_page_tells_of_every_table_and_of_no_other() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations/sqlite");
        let mut tables = BTreeSet::new();
        for migration in std::fs::read_dir(folder).unwrap() {
            let sql = std::fs::read_to_string(migration.unwrap().path().join("up.sql")).unwrap();
            let made = sql.lines().filter_map(|line| line.strip_prefix("CREATE TABLE "));
            tables.extend(made.filter_map(|line| line.split_whitespace().next().map(str::to_owned)));
        }
        let described: BTreeSet<String> =
            CHAPTERS.iter().flat_map(|(_, tables)| tables.iter().map(ToString::to_string)).collect();
        // It contains the names of keys and no personal data.
        tables.remove("sealing_keys");
        assert_eq!(described, tables);
    }

    #[test]
    fn every_chapter_has_its_texts_in_every_language() {
        for &language in Language::ALL {
            for stem in CHAPTERS.iter().map(|(stem, _)| *stem).chain([COOKIES]) {
                for part in ["", "-body", "-kept"] {
                    assert!(language.has(&format!("privacy-{stem}{part}")), "{stem}{part}");
                }
            }
        }
    }
}
