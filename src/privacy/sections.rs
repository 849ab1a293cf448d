//! The sections of the export, in their order, and how each one is read.

use serde::Serialize;

use crate::accounts::passkeys;
use crate::accounts::players;
use crate::accounts::second_factor;
use crate::accounts::sign_in;
use crate::audit::{self, AuditFilter};
use crate::games::devices;
use crate::links;
use crate::outbound::mail;
use crate::platform::crypto::vault::Vault;
use crate::platform::db::exported::ExportedRow;
use crate::platform::db::{Conn, QueryResult, unwritable};
use crate::platform::ids::PlayerId;
use crate::privacy::audit_view::ExportedEvent;
use crate::sessions::browser;
use crate::sessions::game;
use crate::support;

/// The most rows that one read returns.
pub(super) const PAGE: i64 = 500;

/// Whose rows to read, and after which row.
pub(super) struct SectionQuery<'a> {
    pub vault: &'a Vault,
    pub player: &'a PlayerId,
    /// The id of the last row of the previous page; empty at first.
    pub after: &'a str,
}

/// A row as JSON.
pub(super) struct ExportRow {
    pub id: String,
    pub json: String,
}

/// The result of one read.
pub(super) struct ExportPage {
    pub rows: Vec<ExportRow>,
    pub has_more: bool,
}

/// One key of the file.
pub(super) struct ExportSection {
    pub key: &'static str,
    pub reads: SectionReads,
}

type SectionReader = fn(&mut Conn, &SectionQuery<'_>) -> QueryResult<Vec<ExportRow>>;

pub(super) enum SectionReads {
    /// An object, or null.
    One(SectionReader),
    /// A list, page by page.
    Many(SectionReader),
}

impl ExportSection {
    pub fn read(&self, conn: &mut Conn, query: &SectionQuery<'_>) -> QueryResult<ExportPage> {
        let (SectionReads::One(read) | SectionReads::Many(read)) = &self.reads;
        let rows = read(conn, query)?;
        let has_more = i64::try_from(rows.len()).unwrap_or(PAGE) >= PAGE;
        Ok(ExportPage { rows, has_more })
    }
}

/// All sections. `docs/personal-data.md` says which column is in which section.
#[rustfmt::skip]
pub(super) const SECTIONS: &[ExportSection] = &[
    one("account", |conn, a| object(players::personal_data::account(conn, a.player)?)),
    one("amazon_link", |conn, a| object(links::personal_data::link(conn, a.player)?)),
    many("former_links", rows::<links::personal_data::ExportedFormerLink>),
    many("trips_to_amazon", rows::<links::personal_data::ExportedAttempt>),
    many("browser_sessions", rows::<browser::personal_data::ExportedBrowserSession>),
    many("game_sessions", rows::<game::personal_data::ExportedGameSession>),
    many("game_tokens", rows::<game::personal_data::ExportedGameToken>),
    many("devices", rows::<devices::personal_data::ExportedDevice>),
    many("claim_codes", rows::<devices::personal_data::ExportedClaimCode>),
    many("game_sign_in_codes", rows::<devices::personal_data::ExportedGameSignInCode>),
    many("link_codes", rows::<devices::personal_data::ExportedLinkCode>),
    many("email_changes", rows::<players::personal_data::ExportedEmailChange>),
    many("email_undos", rows::<players::personal_data::ExportedEmailUndo>),
    many("link_undos", rows::<links::personal_data::ExportedLinkUndo>),
    many("password_resets", rows::<sign_in::personal_data::ExportedPasswordReset>),
    many("sign_in_codes", rows::<sign_in::personal_data::ExportedSignInCode>),
    one("second_factor", |conn, a| object(second_factor::personal_data::second_factor(conn, a.player)?)),
    many("remembered_browsers", rows::<second_factor::personal_data::ExportedRememberedBrowser>),
    many("pending_sign_ins", rows::<sign_in::personal_data::ExportedPendingSignIn>),
    many("factor_recoveries", rows::<sign_in::lost_factor::personal_data::ExportedFactorRecovery>),
    many("passkeys", rows::<passkeys::personal_data::ExportedPasskey>),
    many("passkey_ceremonies", rows::<passkeys::personal_data::ExportedPasskeyCeremony>),
    many("mails", mails),
    many("notes_of_support", |conn, a| list(support::notes_held(conn, a.vault, a.player, a.after, PAGE)?, |row| &row.id)),
    many("history", history),
];

fn rows<R: ExportedRow + Serialize>(
    conn: &mut Conn,
    query: &SectionQuery<'_>,
) -> QueryResult<Vec<ExportRow>> {
    list(R::page(conn, query.player, query.after, PAGE)?, R::key)
}

fn mails(conn: &mut Conn, query: &SectionQuery<'_>) -> QueryResult<Vec<ExportRow>> {
    let addresses = players::personal_data::addresses(conn, query.player)?;
    let typed: Vec<String> = addresses.into_iter().map(|address| address.typed).collect();
    list(mail::personal_data::mails(conn, query.player, &typed, query.after, PAGE)?, |row| &row.id)
}

/// The audit records: the only list whose newest row comes first.
fn history(conn: &mut Conn, query: &SectionQuery<'_>) -> QueryResult<Vec<ExportRow>> {
    let filter = AuditFilter { player: Some(query.player.clone()), ..AuditFilter::default() };
    let before = Some(query.after).filter(|after| !after.is_empty());
    let records = audit::list_records(conn, query.vault, &filter, before, PAGE)?;
    let exported = records.into_iter().map(|record| ExportedEvent::of(record, query.player)).collect();
    list(exported, |row: &ExportedEvent| &row.id)
}

const fn one(key: &'static str, read: SectionReader) -> ExportSection {
    ExportSection { key, reads: SectionReads::One(read) }
}

const fn many(key: &'static str, read: SectionReader) -> ExportSection {
    ExportSection { key, reads: SectionReads::Many(read) }
}

fn object<T: Serialize>(row: Option<T>) -> QueryResult<Vec<ExportRow>> {
    let json = row.map(|row| serde_json::to_string_pretty(&row)).transpose().map_err(unwritable)?;
    Ok(json.into_iter().map(|json| ExportRow { id: String::new(), json }).collect())
}

fn list<T: Serialize>(rows: Vec<T>, id_of: fn(&T) -> &str) -> QueryResult<Vec<ExportRow>> {
    let row = |row: T| {
        let json = serde_json::to_string_pretty(&row).map_err(unwritable)?;
        Ok(ExportRow { id: id_of(&row).to_owned(), json })
    };
    rows.into_iter().map(row).collect()
}
