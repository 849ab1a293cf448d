//! One letter: its words from the catalogues, its body sealed until it is sent, because it may hold a code.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::platform::crypto::vault::SealContext;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::word_type;

word_type! {
    /// What a letter is about. Its texts are the messages `mail-<kind>-subject` and `mail-<kind>-body`.
    ///
    /// Every body has `$site`, `$portal` (this portal's address, without a slash at its end) and `$when`
    /// (now, as the reader's language writes it); what else it needs stands at each kind. Subjects have
    /// `$site` only (S108). What goes to an address that nobody has proven holds no text that a stranger
    /// could have chosen, or anybody could make us send it.
    Kind {
        /// The code that finishes a registration: `code`.
        RegistrationCode = "registration-code",
        /// Somebody tried to register an address that has an account: `name`, its owner's.
        RegistrationTaken = "registration-taken",
        /// The code at sign-in, when a network has guessed too often: `code`.
        SignInCode = "sign-in-code",
        /// The code that proves a new address: `code`.
        EmailCode = "email-code",
        /// Somebody tried to move an account to an address that has one: `name`, its owner's.
        EmailTaken = "email-taken",
        /// To the old address: the address was changed, and how to undo it: `name`, `address` (the new
        /// one, masked), `link`.
        EmailChanged = "email-changed",
        /// The password was set or changed by somebody signed in: `name`.
        PasswordChanged = "password-changed",
        /// The password was removed by somebody signed in: `name`.
        PasswordRemoved = "password-removed",
        /// The password was reset by mail: `linked` (`yes` or `no`), `amazon` (what the linked
        /// Amazon account is called; empty without a link).
        PasswordReset = "password-reset",
        /// Somebody asked to reset the password: `token`, which its link carries.
        PasswordResetLink = "password-reset-link",
        /// `name`, `amazon` (what the Amazon account is called).
        AmazonLinked = "amazon-linked",
        /// `name`, `amazon` (the new one), `former` (the old one).
        AmazonReplaced = "amazon-replaced",
        /// `name`, `amazon`.
        AmazonUnlinked = "amazon-unlinked",
        /// A device got in without a password: `name`, `device` (what it calls itself).
        DeviceAdded = "device-added",
        /// Amazon withdrew its consent: `name`, `amazon`.
        AmazonRevoked = "amazon-revoked",
        /// Support took the link away: `name`, `amazon`.
        SupportUnlinked = "support-unlinked",
        /// The same for a player whom nothing else let in: `name`, `amazon`, `token`, which the link to choose a
        /// password carries.
        SupportUnlinkedRecovery = "support-unlinked-recovery",
        /// Support asked Amazon about the link: `name`, `outcome` (`active`, `needs_reconnect`, `revoked` or `unasked`).
        SupportCheckedLink = "support-checked-link",
        /// `name`.
        SupportEndedSessions = "support-ended-sessions",
        /// Support sent the link to choose a password: `name`, `token`.
        SupportSentReset = "support-sent-reset",
        /// `name`.
        SupportDisabled = "support-disabled",
        /// `name`.
        SupportEnabled = "support-enabled",
        /// `name`.
        SupportWroteNote = "support-wrote-note",
        /// Somebody took all data of the account: `name`.
        DataExported = "data-exported",
        /// The account is gone. It belongs to no player any more, and leaves no row once it is sent: `name`.
        AccountErased = "account-erased",
    }
}

/// A letter, ready for the outbox.
pub struct MailMessage {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) player: Option<PlayerId>,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) body_sealed: Vec<u8>,
    pub(super) created_at: DateTime<Utc>,
}

impl MailMessage {
    /// Writes the letter in the reader's language. `args` are those that [`Kind`] names.
    pub fn write(
        app: &App,
        kind: Kind,
        player: Option<&PlayerId>,
        recipient: &str,
        language: Language,
        args: &[(&str, &str)],
    ) -> Result<Self, Fault> {
        let created_at = app.clock.now();
        let id = new_id(created_at);
        let words = MailTexts::of(app, language, created_at);
        let body_sealed = app.vault.seal(&place_of_body(&id), &words.body(kind, args))?;
        Ok(Self {
            id,
            kind,
            player: player.cloned(),
            recipient: recipient.to_owned(),
            subject: words.subject(kind),
            body_sealed,
            created_at,
        })
    }
}

/// What every letter can say.
struct MailTexts<'a> {
    language: Language,
    site: &'a str,
    portal: &'a str,
    help: Option<&'a str>,
    when: String,
}

impl<'a> MailTexts<'a> {
    fn of(app: &'a App, language: Language, at: DateTime<Utc>) -> Self {
        let site = &app.config.site;
        Self {
            language,
            site: &site.name,
            portal: app.config.http.public_url.as_str().trim_end_matches('/'),
            help: site.support_url.as_ref().map(|url| url.as_str().trim_start_matches("mailto:")),
            when: language.date_time(at),
        }
    }

    fn subject(&self, kind: Kind) -> String {
        self.language.text_of(&format!("mail-{}-subject", kind.as_str()), [("site", self.site)])
    }

    fn body(&self, kind: Kind, args: &[(&str, &str)]) -> SecretString {
        let mut all = vec![("site", self.site), ("portal", self.portal), ("when", self.when.as_str())];
        all.extend_from_slice(args);
        let mut body = self.language.text_with(&format!("mail-{}-body", kind.as_str()), &all);
        body.push_str("\n\n");
        body.push_str(&self.language.text_with("mail-signature", &all));
        if let Some(help) = self.help {
            body.push('\n');
            body.push_str(&self.language.text_of("mail-help", [("help", help)]));
        }
        body.push('\n');
        SecretString::from(body)
    }
}

/// Where the vault knows a letter's body.
pub(super) fn place_of_body(id: &str) -> SealContext {
    SealContext {
        purpose: "mail body",
        table: "mails",
        row: id.to_owned(),
        player: String::new(),
        identity: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    const ARGS: [(&str, &str); 10] = [
        ("device", "Living room · tvOS"),
        ("name", "Ann"),
        ("code", "123456"),
        ("link", "https://play.example/account/email/undo?token=abc"),
        ("token", "abc"),
        ("address", "a•••••@example.com"),
        ("amazon", "Ann at Amazon"),
        ("former", "Old Ann"),
        ("linked", "yes"),
        ("outcome", "revoked"),
    ];

    fn words(language: Language) -> MailTexts<'static> {
        MailTexts {
            language,
            site: "Acorn Games",
            portal: "https://play.example",
            help: Some("help@acorn.example"),
            when: "1 May 2026, 10:00 UTC".to_owned(),
        }
    }

    #[test]
    fn every_kind_has_its_words_in_every_language_with_nothing_left_open() {
        for language in Language::ALL {
            for kind in Kind::ALL {
                for part in ["subject", "body"] {
                    let message = format!("mail-{}-{part}", kind.as_str());
                    assert!(language.has(&message), "{} lacks {message}", language.tag());
                }
                let (subject, body) = (words(language).subject(*kind), words(language).body(*kind, &ARGS));
                let body = body.expose_secret();
                assert!(!subject.contains(['{', '$', '\n', '\r']), "{subject}");
                assert!(!body.contains(['{', '$']), "{body}");
                assert!(
                    body.contains("https://play.example") && body.contains("help@acorn.example"),
                    "{body}"
                );
            }
        }
    }

    #[test]
    fn a_code_stands_alone_on_its_line() {
        for language in Language::ALL {
            for kind in [Kind::RegistrationCode, Kind::SignInCode, Kind::EmailCode] {
                let body = words(language).body(kind, &ARGS);
                let lines = body.expose_secret().lines().filter(|line| *line == "123456").count();
                assert_eq!(lines, 1, "{}", body.expose_secret());
            }
        }
    }

    #[test]
    fn a_letter_to_an_address_nobody_has_proven_repeats_nobodys_words() {
        for language in Language::ALL {
            for kind in [Kind::RegistrationCode, Kind::EmailCode] {
                let body = words(language).body(kind, &ARGS);
                assert!(!body.expose_secret().contains("Ann"), "{}", body.expose_secret());
            }
        }
    }

    #[test]
    fn a_subject_holds_nothing_a_person_chose() {
        let hostile = MailTexts { site: "Acorn Games", ..words(Language::English) };
        for kind in Kind::ALL {
            assert!(!hostile.subject(*kind).contains("Ann"));
        }
    }
}
