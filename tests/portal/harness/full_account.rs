//! An account with a row in every table, and a canary in every text.

use chrono::TimeDelta;
use dovetail::testing::audit::{self, Actor, AuditEvent, Kind};
use dovetail::testing::platform::crypto::vault::SealContext;
use dovetail::testing::platform::db::Conn;
use secrecy::SecretString;
use serde_json::json;

use super::people::Person;
use super::portal::Portal;

/// A part of every hash and sealed secret, which no export may contain.
pub const SECRET: &str = "canary-that-lets-somebody-in";

/// A player with a password, a link, and rows in all other tables.
pub struct Filled {
    pub person: Person,
    /// A part of every text about this player.
    pub canary: String,
}

impl Filled {
    /// All texts that identify this player; the id is left out, because it does not name a person.
    pub fn traces(&self) -> Vec<String> {
        let mut traces = vec![self.canary.clone(), self.canary.to_lowercase(), self.person.name.clone()];
        traces.extend(self.person.email.clone());
        traces
    }
}

impl Portal {
    /// Creates the account; `other` is a player whom its audit records mention.
    pub async fn filled(&self, name: &str, customer: &str, other: &str) -> Filled {
        let person = self.linked(name, customer).await;
        let canary = format!("Canary{name}");
        self.fill_account(&person.id, &canary);
        self.fill_places(&person.id, &canary);
        self.fill_pending(&person, &canary);
        self.fill_letters(&person, &canary);
        self.fill_record(&person.id, &canary, other).await;
        Filled { person, canary }
    }

    fn fill_account(&self, id: &str, canary: &str) {
        let folded = canary.to_lowercase();
        self.run(&format!(
            "UPDATE players SET display_name = '{canary}', display_name_key = '{folded}', user_name = '{canary}', \
             user_name_key = '{folded}', language = 'en', segments = '{{\"arm\":\"{canary}\"}}', script_data = '{{\"arm\":\"{canary}\"}}' WHERE id = '{id}'"
        ));
        self.run(&format!(
            "UPDATE amazon_links SET amazon_name = '{canary}', amazon_email = '{folded}@amazon.test', \
             amazon_email_known = '{folded}@amazon.test', amazon_postal_code = '{canary}' WHERE player_id = '{id}'"
        ));
        self.put(
            "former_links",
            &[
                ("id", text(&format!("former of {id}"))),
                ("player_id", text(id)),
                ("amazon_id_hash", text(SECRET)),
                ("linked_at", self.moment(-60)),
                ("ended_at", self.moment(-30)),
                ("actor", text("player")),
                ("cause", text("unlinked_by_player")),
            ],
        );
    }

    #[expect(clippy::too_many_lines, reason = "one table")]
    fn fill_places(&self, id: &str, canary: &str) {
        self.put(
            "sessions",
            &[
                ("id", text(&format!("session of {id}"))),
                ("token_hash", text(&format!("{SECRET} session {id}"))),
                ("player_id", text(id)),
                ("csrf_secret", text(SECRET)),
                ("signed_in_with", text("password")),
                ("is_remembered", "TRUE".into()),
                ("fresh_at", self.moment(-50)),
                ("browser", text(canary)),
                ("network", text("198.51.100.0/24")),
                ("created_at", self.moment(-50)),
                ("last_seen_at", self.moment(-5)),
                ("expires_at", self.moment(60)),
            ],
        );
        self.put(
            "game_sessions",
            &[
                ("id", text(&format!("game of {id}"))),
                ("player_id", text(id)),
                ("api_key", text("dovetail")),
                ("credential", text("device")),
                ("client", text(canary)),
                ("signed_in_with", text("amazon")),
                ("proved_at", self.moment(-40)),
                ("network", text("198.51.100.0/24")),
                ("created_at", self.moment(-40)),
                ("last_seen_at", self.moment(-4)),
                ("ends_at", self.moment(70)),
                ("expires_at", self.moment(80)),
            ],
        );
        self.put(
            "game_tokens",
            &[
                ("token_hash", text(&format!("{SECRET} game {id}"))),
                ("session_id", text(&format!("game of {id}"))),
                ("uses", "3".into()),
                ("created_at", self.moment(-40)),
                ("last_used_at", self.moment(-4)),
                ("ends_at", self.moment(70)),
            ],
        );
        self.put(
            "devices",
            &[
                ("id", text(&format!("device of {id}"))),
                ("player_id", text(id)),
                ("api_key", text("dovetail")),
                ("device_hash", text(&format!("{SECRET} device {id}"))),
                ("label", text(canary)),
                ("told_of", text(canary)),
                ("network", text("198.51.100.0/24")),
                ("made_at", self.moment(-40)),
                ("last_used_at", self.moment(-4)),
                ("switched_off_at", self.moment(-3)),
            ],
        );
        self.put(
            "passkeys",
            &[
                ("id", text(&format!("passkey of {id}"))),
                ("player_id", text(id)),
                ("name", text(canary)),
                ("credential_id", text(&format!("{canary} credential"))),
                ("credential", text(&format!("{SECRET} key {id}"))),
                ("sign_count", "7".into()),
                ("is_backup_eligible", "TRUE".into()),
                ("is_backed_up", "FALSE".into()),
                ("created_at", self.moment(-40)),
                ("last_used_at", self.moment(-4)),
            ],
        );
        self.put(
            "passkey_ceremonies",
            &[
                ("id", text(&format!("ceremony of {id}"))),
                ("purpose", text("confirm")),
                ("browser_hash", text(SECRET)),
                ("session_id", text(&format!("session of {id}"))),
                ("player_id", text(id)),
                ("state", text(&format!("{SECRET} state"))),
                ("created_at", self.moment(-1)),
                ("expires_at", self.moment(4)),
            ],
        );
        self.put(
            "claim_codes",
            &[
                ("id", text(&format!("claim of {id}"))),
                ("player_id", text(id)),
                ("device_id", text(&format!("device of {id}"))),
                ("selector", text(&format!("{SECRET} begins {id}"))),
                ("code_hash", text(SECRET)),
                ("tries", "2".into()),
                ("api_key", text("dovetail")),
                ("device_label", text(canary)),
                ("network", text("198.51.100.0/24")),
                ("browser_hash", text(SECRET)),
                ("outcome", text("claimed")),
                ("created_at", self.moment(-2)),
                ("expires_at", self.moment(13)),
            ],
        );
        self.put(
            "game_sign_in_codes",
            &[
                ("id", text(&format!("tv code of {id}"))),
                ("linking_hash", text(&format!("{SECRET} linking {id}"))),
                ("player_id", text(id)),
                ("player_version", "1".into()),
                ("session_id", text(&format!("game of {id}"))),
                ("selector", text(&format!("{SECRET} tv begins {id}"))),
                ("code_hash", text(SECRET)),
                ("tries", "2".into()),
                ("api_key", text("dovetail")),
                ("device_label", text(canary)),
                ("network", text("198.51.100.0/24")),
                ("browser_hash", text(SECRET)),
                ("outcome", text("denied")),
                ("created_at", self.moment(-2)),
                ("expires_at", self.moment(13)),
            ],
        );
        self.put(
            "code_linkings",
            &[
                ("id", text(&format!("linking of {id}"))),
                ("player_id", text(id)),
                ("asked_by", text("game")),
                ("asker_id", text(&format!("game of {id}"))),
                ("interval_seconds", "5".into()),
                ("next_poll_at", self.moment(-2)),
                ("outcome", text("denied")),
                ("reference", text("REFERENCE")),
                ("network", text("198.51.100.0/24")),
                ("created_at", self.moment(-2)),
                ("expires_at", self.moment(8)),
                ("ended_at", self.moment(-1)),
            ],
        );
    }

    #[expect(clippy::too_many_lines, reason = "one table")]
    fn fill_pending(&self, person: &Person, canary: &str) {
        let (id, email) = (person.id.as_str(), person.email());
        let sealed = self.sealed("pending identity", "link_attempts", &format!("attempt of {id}"), SECRET);
        self.put(
            "link_attempts",
            &[
                ("id", text(&format!("attempt of {id}"))),
                ("state_hash", text(&format!("{SECRET} state {id}"))),
                ("purpose", text("replace")),
                ("stage", text("confirming")),
                ("browser_hash", text(SECRET)),
                ("session_id", text(&format!("session of {id}"))),
                ("player_id", text(id)),
                ("next", text(&format!("/account?{canary}"))),
                ("amazon_id", text(&format!("amzn1.account.{canary}"))),
                ("identity_sealed", sealed),
                ("created_at", self.moment(-1)),
                ("expires_at", self.moment(9)),
            ],
        );
        let hash = self.sealed("password", "registrations", &format!("registration at {id}"), SECRET);
        self.put(
            "registrations",
            &[
                ("id", text(&format!("registration at {id}"))),
                ("browser_hash", text(SECRET)),
                ("display_name", text("Somebody Else")),
                ("email", text(email)),
                ("email_key", text(email)),
                ("is_taken", "TRUE".into()),
                ("password_sealed", hash),
                ("code_hash", text(SECRET)),
                ("created_at", self.moment(-1)),
                ("expires_at", self.moment(59)),
            ],
        );
        let common = |what: &str| {
            vec![
                ("id", text(&format!("{what} of {id}"))),
                ("player_id", text(id)),
                ("created_at", self.moment(-1)),
                ("expires_at", self.moment(29)),
            ]
        };
        let with = |what: &str, more: Vec<(&'static str, String)>| [common(what), more].concat();
        let new = format!("{}@new.test", canary.to_lowercase());
        self.put(
            "email_changes",
            &with(
                "change",
                vec![
                    ("email", text(&new)),
                    ("email_key", text(&new)),
                    ("is_taken", "FALSE".into()),
                    ("code_hash", text(SECRET)),
                    ("tries", "1".into()),
                ],
            ),
        );
        let old = format!("{}@old.test", canary.to_lowercase());
        self.put(
            "email_undos",
            &with(
                "undo",
                vec![
                    ("email", text(&old)),
                    ("email_key", text(&old)),
                    ("token_hash", text(&format!("{SECRET} undo {id}"))),
                ],
            ),
        );
        self.put(
            "link_undos",
            &with(
                "undo of a link",
                vec![
                    ("link_id", format!("(SELECT id FROM amazon_links WHERE player_id = '{id}')")),
                    ("token_hash", text(&format!("{SECRET} link undo {id}"))),
                ],
            ),
        );
        self.put(
            "password_resets",
            &with(
                "reset",
                vec![("token_hash", text(&format!("{SECRET} reset {id}"))), ("email_key", text(email))],
            ),
        );
        self.put(
            "sign_in_codes",
            &with(
                "code",
                vec![
                    ("browser_hash", text(&format!("{SECRET} code {id}"))),
                    ("is_remembered", "TRUE".into()),
                    ("next", text(&format!("/account?{canary}"))),
                    ("code_hash", text(SECRET)),
                    ("tries", "1".into()),
                ],
            ),
        );
        self.put(
            "pending_sign_ins",
            &with(
                "pending",
                vec![
                    ("browser_hash", text(&format!("{SECRET} pending {id}"))),
                    ("player_version", "0".into()),
                    ("signed_in_with", text("password")),
                    ("is_remembered", "TRUE".into()),
                    ("next", text(&format!("/account?{canary}"))),
                ],
            ),
        );
        self.put(
            "factor_recoveries",
            &with(
                "lost factor",
                vec![
                    ("token_hash", text(&format!("{SECRET} lost factor {id}"))),
                    ("due_at", self.moment(-5)),
                    ("mailed_at", self.moment(-4)),
                ],
            ),
        );
        self.fill_second_factor(id, canary);
    }

    /// Adds a second factor with a recovery code and a remembered browser.
    fn fill_second_factor(&self, id: &str, canary: &str) {
        let place = SealContext {
            purpose: "second factor",
            table: "player_second_factors",
            row: id.to_owned(),
            player: id.to_owned(),
            identity: String::new(),
        };
        let sealed = self.app().vault.seal(&place, &SecretString::from(SECRET)).unwrap();
        self.put(
            "player_second_factors",
            &[
                ("player_id", text(id)),
                ("totp_sealed", self.bytes(&sealed)),
                ("totp_step", "1".into()),
                ("created_at", self.moment(-20)),
            ],
        );
        self.put(
            "player_recovery_codes",
            &[
                ("id", text(&format!("recovery code of {id}"))),
                ("player_id", text(id)),
                ("code_hash", text(SECRET)),
            ],
        );
        self.put(
            "remembered_browsers",
            &[
                ("id", text(&format!("remembered of {id}"))),
                ("player_id", text(id)),
                ("token_hash", text(&format!("{SECRET} remembered {id}"))),
                ("browser", text(canary)),
                ("network", text("198.51.100.0/24")),
                ("created_at", self.moment(-20)),
                ("expires_at", self.moment(20 * 24 * 60)),
            ],
        );
    }

    /// Adds mails: one sent, one waiting, one being sent, and one older than the account.
    fn fill_letters(&self, person: &Person, canary: &str) {
        let id = person.id.as_str();
        let old = format!("{}@old.test", canary.to_lowercase());
        let letters = [
            ("sent", Some(id), person.email()),
            ("waiting", Some(id), person.email()),
            ("leased", Some(id), person.email()),
            ("before", None, person.email()),
            ("formerly", None, old.as_str()),
        ];
        for (what, player, to) in letters {
            let letter = format!("{what} to {id}");
            let mut row = vec![
                ("id", text(&letter)),
                ("player_id", player.map_or("NULL".to_owned(), text)),
                ("kind", text("password-changed")),
                ("recipient", text(to)),
                ("subject", text(&format!("About {canary}"))),
                ("attempts", "1".into()),
                ("next_attempt_at", self.moment(5)),
                ("created_at", self.moment(-3)),
            ];
            match what {
                "sent" => row.push(("sent_at", self.moment(-2))),
                "leased" => row.push(("lease", text("somebody"))),
                _ => {}
            }
            if what != "sent" {
                row.push(("body_sealed", self.sealed("mail body", "mails", &letter, SECRET)));
            }
            self.put("mails", &row);
        }
    }

    async fn fill_record(&self, id: &str, canary: &str, other: &str) {
        let note = format!("note of {id}");
        let place = SealContext {
            purpose: "note",
            table: "player_notes",
            row: note.clone(),
            player: id.to_owned(),
            identity: String::new(),
        };
        let words = SecretString::from(format!("{canary} asked twice"));
        let sealed = self.bytes(&self.app().vault.seal(&place, &words).unwrap());
        self.put(
            "player_notes",
            &[
                ("id", text(&note)),
                ("player_id", text(id)),
                ("staff_id", text("staff-who-wrote-it")),
                ("note_sealed", sealed),
                ("created_at", self.moment(-3)),
            ],
        );
        let event = |kind, actor| {
            AuditEvent::new(self.clock.now(), kind, actor, "REFERENCE").on(&id.to_owned().into())
        };
        let events = [
            event(Kind::PlayerSignedIn, Actor::Player)
                .from("198.51.100.0/24")
                .in_browser(canary)
                .with(json!({ "with": "password" })),
            event(Kind::PlayerSwitched, Actor::Player).with(json!({ "door": "game", "to": other })),
            event(Kind::LinkRemoved, Actor::Support)
                .by(&"staff-who-did-it".to_owned().into())
                .because(&format!("{canary} asked for it")),
        ];
        self.append(events.to_vec()).await;
        self.put(
            "throttles",
            &[
                ("id", text(&format!("exports-of-yesterday player {id}"))),
                ("taken", "1".into()),
                ("window_ends_at", self.moment(9)),
            ],
        );
    }

    /// Appends audit records.
    pub async fn append(&self, events: Vec<AuditEvent>) {
        let write = self.app().db.write(move |conn| {
            for event in &events {
                audit::append_event(conn, event)?;
            }
            Ok(())
        });
        write.await.unwrap();
    }

    /// Inserts a row of columns and values in SQL.
    pub fn put(&self, table: &str, row: &[(&str, String)]) {
        let names: Vec<&str> = row.iter().map(|(name, _)| *name).collect();
        let values: Vec<&str> = row.iter().map(|(_, value)| value.as_str()).collect();
        self.run(&format!("INSERT INTO {table} ({}) VALUES ({})", names.join(", "), values.join(", ")));
    }

    /// The time this many minutes from now, in SQL.
    pub fn moment(&self, minutes: i64) -> String {
        let at = self.clock.now() + TimeDelta::minutes(minutes);
        text(&at.format("%Y-%m-%d %H:%M:%S%.f").to_string())
    }

    fn sealed(&self, purpose: &'static str, table: &'static str, row: &str, words: &str) -> String {
        let (player, identity) = (String::new(), String::new());
        let place = SealContext { purpose, table, row: row.to_owned(), player, identity };
        self.bytes(&self.app().vault.seal(&place, &SecretString::from(words)).unwrap())
    }

    pub(super) fn bytes(&self, bytes: &[u8]) -> String {
        let hex = data_encoding::HEXLOWER.encode(bytes);
        match &*self.app().db.connection().unwrap() {
            Conn::Postgres(_) => format!("'\\x{hex}'::bytea"),
            Conn::Sqlite(_) => format!("X'{hex}'"),
        }
    }
}

/// A text as an SQL literal.
pub fn text(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
