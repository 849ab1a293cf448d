//! Invariant I7: secrets are sealed, and no text contains anything that looks like a secret.
//!
//! One list names all tables and columns. A test compares it with the schema, so that no new column is
//! missed.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Binary, Nullable, Text};

use super::{BATCH, InvariantFinding, RowJudge, VerifyBatch, VerifyTools};
use crate::on_backend;
use crate::platform::crypto::vault::key_id_of;
use crate::platform::db::Conn;

/// Beginnings of secrets that no text may contain: Amazon's tokens, a client secret, a password hash, a
/// private key.
const PATTERNS: [&str; 6] = ["Atza|", "Atzr|", "Atnr|", "amzn1.oa2-cs", "$argon", "PRIVATE KEY-----"];

/// The columns of one table.
pub struct SecretColumns {
    pub table: &'static str,
    /// The column that identifies and names a row.
    key: &'static str,
    pub text: &'static [&'static str],
    pub sealed: &'static [&'static str],
}

/// Declares the tables and a check for each.
macro_rules! tables {
    ($($table:ident by $key:literal: text $text:tt, sealed $sealed:tt;)+) => {
        /// Every table with its columns of text and of sealed bytes.
        #[cfg(feature = "test-support")]
        pub const TABLES: &[SecretColumns] =
            &[$(SecretColumns { table: stringify!($table), key: $key, text: &$text, sealed: &$sealed }),+];

        pub(super) const JUDGES: &[RowJudge] = &[$(
            |conn, _: &VerifyTools, after| judged(
                conn,
                &SecretColumns { table: stringify!($table), key: $key, text: &$text, sealed: &$sealed },
                after,
            )
        ),+];
    };
}

tables! {
    players by "id": text ["id", "display_name", "display_name_key", "user_name", "user_name_key", "email", "email_key", "language", "segments", "script_data"],
        sealed ["password_sealed"];
    amazon_links by "id": text ["id", "player_id", "amazon_id", "client_id", "scopes", "state", "amazon_name", "amazon_email", "tokens_from", "state_cause", "lease_owner", "made_by", "made_in", "made_on", "made_from", "amazon_postal_code", "amazon_email_known"],
        sealed ["access_token_sealed", "refresh_token_sealed"];
    former_links by "id": text ["id", "player_id", "amazon_id_hash", "actor", "cause"], sealed [];
    sessions by "id": text ["id", "token_hash", "player_id", "csrf_secret", "signed_in_with", "browser", "network"], sealed [];
    link_attempts by "id": text ["id", "state_hash", "purpose", "stage", "browser_hash", "session_id", "player_id", "next", "amazon_id", "code_hash"],
        sealed ["verifier_sealed", "identity_sealed"];
    held_answers by "id": text ["id", "session_id", "staff_session_id", "browser_hash"], sealed ["answer_sealed"];
    registrations by "id": text ["id", "browser_hash", "display_name", "email", "email_key", "language", "next", "code_hash"],
        sealed ["password_sealed"];
    email_changes by "id": text ["id", "player_id", "email", "email_key", "code_hash", "session_id"], sealed [];
    email_undos by "id": text ["id", "player_id", "token_hash", "email", "email_key"], sealed [];
    link_undos by "id": text ["id", "player_id", "link_id", "token_hash"], sealed [];
    password_resets by "id": text ["id", "player_id", "token_hash", "email_key"], sealed [];
    sign_in_codes by "id": text ["id", "browser_hash", "player_id", "next", "attempt_id", "code_hash"], sealed [];
    pending_sign_ins by "id": text ["id", "browser_hash", "player_id", "signed_in_with", "next"], sealed [];
    factor_recoveries by "id": text ["id", "player_id", "token_hash"], sealed [];
    player_second_factors by "player_id": text ["player_id"], sealed ["totp_sealed"];
    player_recovery_codes by "id": text ["id", "player_id", "code_hash"], sealed [];
    remembered_browsers by "id": text ["id", "player_id", "token_hash", "browser", "network"], sealed [];
    passkeys by "id": text ["id", "player_id", "name", "credential_id", "credential"], sealed [];
    passkey_ceremonies by "id": text ["id", "purpose", "browser_hash", "session_id", "player_id", "state"], sealed [];
    throttles by "id": text ["id"], sealed [];
    mails by "id": text ["id", "player_id", "kind", "recipient", "subject", "lease"], sealed ["body_sealed"];
    audit_events by "id": text ["id", "kind", "player_id", "actor", "session_id", "reference", "network", "details", "staff_id"], sealed ["personal"];
    audit_keys by "player_id": text ["player_id"], sealed ["key_sealed"];
    audit_seals by "event_id": text ["event_id"], sealed [];
    audit_heads by "id": text ["id", "lease"], sealed [];
    staff by "id": text ["id", "email", "email_key", "role", "enrol_hash"], sealed ["password_sealed", "totp_sealed"];
    staff_sessions by "id": text ["id", "token_hash", "staff_id", "csrf_secret", "browser", "network"], sealed [];
    staff_recovery_codes by "id": text ["id", "staff_id", "code_hash"], sealed [];
    staff_proposals by "id": text ["id", "staff_id", "role", "reason", "proposed_by"], sealed [];
    player_notes by "id": text ["id", "player_id", "staff_id"], sealed ["note_sealed"];
    link_events by "id": text ["id", "kind", "player_id", "actor", "cause"], sealed [];
    webhook_endpoints by "id": text ["id", "url", "kinds", "disabled_because"], sealed ["secret_sealed"];
    webhook_deliveries by "id": text ["id", "endpoint_id", "lease", "last_answer"], sealed [];
    service_keys by "id": text ["id", "name", "token_hash", "scopes"], sealed [];
    refresh_brake by "id": text ["id", "released_by"], sealed [];
    sealing_keys by "id": text ["id"], sealed [];
    restores by "id": text ["id"], sealed [];
    game_sessions by "id": text ["id", "player_id", "api_key", "credential", "client", "signed_in_with", "network", "device_id"], sealed [];
    game_tokens by "token_hash": text ["token_hash", "session_id"], sealed [];
    devices by "id": text ["id", "player_id", "api_key", "device_hash", "label", "told_of", "network"], sealed [];
    claim_codes by "id": text ["id", "player_id", "device_id", "selector", "code_hash", "api_key", "device_label", "network", "browser_hash", "outcome", "session_id", "token_hash"], sealed [];
    game_sign_in_codes by "id": text ["id", "linking_hash", "player_id", "session_id", "selector", "code_hash", "api_key", "device_label", "network", "browser_hash", "outcome", "granted_player_id", "granted_session_id", "granted_with", "game_session_id"], sealed [];
    code_linkings by "id": text ["id", "player_id", "asked_by", "asker_id", "lease_owner", "outcome", "reference", "network"], sealed ["pair_sealed"];
}

#[derive(QueryableByName)]
struct SecretRow {
    #[diesel(sql_type = Text)]
    id: String,
    #[diesel(sql_type = Text)]
    texts: String,
    #[diesel(sql_type = Nullable<Binary>)]
    first: Option<Vec<u8>>,
    #[diesel(sql_type = Nullable<Binary>)]
    second: Option<Vec<u8>>,
}

/// Checks one table. The names in the query come from this file only, so no input gets into its text.
fn judged(conn: &mut Conn, columns: &SecretColumns, after: &str) -> QueryResult<VerifyBatch> {
    let (table, key) = (columns.table, columns.key);
    let texts: Vec<String> = columns.text.iter().map(|name| format!("coalesce({name}, '')")).collect();
    let sealed = |at: usize| columns.sealed.get(at).copied().unwrap_or("NULL");
    let mark = match conn {
        Conn::Postgres(_) => "$1",
        Conn::Sqlite(_) => "?",
    };
    let question = format!(
        "SELECT {key} AS id, {} AS texts, {} AS first, {} AS second FROM {table} WHERE {key} > {mark} \
         ORDER BY {key} LIMIT {BATCH}",
        texts.join(" || ' ' || "),
        sealed(0),
        sealed(1)
    );
    let rows: Vec<SecretRow> =
        on_backend!(conn, |conn| sql_query(question).bind::<Text, _>(after).load(conn))?;
    let finding =
        |row: &SecretRow, says| InvariantFinding { invariant: "I7", table, row: row.id.clone(), says };
    let mut findings = Vec::new();
    for row in &rows {
        if PATTERNS.iter().any(|pattern| row.texts.contains(pattern)) {
            findings.push(finding(row, "has a text that looks like a secret"));
        }
        if [&row.first, &row.second].into_iter().flatten().any(|bytes| key_id_of(bytes).is_none()) {
            findings.push(finding(row, "has a secret that is not sealed"));
        }
    }
    Ok(VerifyBatch { last: rows.last().map(|row| row.id.clone()), rows: rows.len(), findings })
}
