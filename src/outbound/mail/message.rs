//! One mail: texts from the message catalogues, and a body that is sealed until it is sent, as it may hold a code.

use chrono::{DateTime, Utc};
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::outbound::mail::recipient::MailRecipient;
use crate::platform::crypto::vault::SealContext;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;
use crate::stored_enum;

stored_enum! {
    /// The kind of a mail. Its texts are the messages `mail-<kind>-subject` and `mail-<kind>-body`.
    ///
    /// Every body has `$site`, `$portal` (the portal's address without a slash at its end), `$apps` (Amazon's list of
    /// apps that the reader allowed), `$name` (of the reader) and `$when` (the present time, in the reader's language). Each kind names its other variables. Subjects have
    /// `$site` (S108), and `$code` where the code works only in the browser that asked for it. A mail to an unproven address has no text that a stranger could choose.
    pub enum Kind {
        /// The code that completes a registration: `code`.
        RegistrationCode = "registration-code",
        /// Somebody tried to register an address that has an account.
        RegistrationTaken = "registration-taken",
        /// The code at sign-in after too many failed tries from a network: `code`.
        SignInCode = "sign-in-code",
        /// The code that proves a new address: `code`, `account` (which one it is for), `browser` and `network` (who
        /// asks).
        EmailCode = "email-code",
        /// Somebody tried to change an account to an address that has one.
        EmailTaken = "email-taken",
        /// To the old address after a change of address: `address` (the new one, masked), `link` (to undo the
        /// change).
        EmailChanged = "email-changed",
        /// To the address that was taken away when a change was undone: `address` (the restored one, masked).
        EmailRestored = "email-restored",
        /// The password was set or changed in a signed-in session: `browser` and `network`.
        PasswordChanged = "password-changed",
        /// The password was removed in a signed-in session.
        PasswordRemoved = "password-removed",
        /// Somebody signed in with the password after many tries were refused: `browser` and `network`.
        SignInAfterFailures = "sign-in-after-failures",
        /// The second factor was turned on: `browser` and `network`.
        TwoStepOn = "two-step-on",
        /// The second factor was turned off: `browser` and `network`.
        TwoStepOff = "two-step-off",
        /// New recovery codes replaced the former ones: `browser` and `network`.
        RecoveryCodesRenewed = "recovery-codes-renewed",
        /// A recovery code was used at a sign-in or as proof: `browser` and `network`.
        RecoveryCodeUsed = "recovery-code-used",
        /// Somebody who gave the first factor has lost the second: `link` (to begin the wait).
        FactorRecoveryLink = "factor-recovery-link",
        /// The wait for a lost second factor runs: `day` (its end), `link` (to cancel it). Mailed at once and each day.
        FactorRecoveryRuns = "factor-recovery-runs",
        /// The wait is over: `link` (to cancel it all the same).
        FactorRecoveryDue = "factor-recovery-due",
        /// The wait was cancelled.
        FactorRecoveryCancelled = "factor-recovery-cancelled",
        /// A passkey was added in a signed-in session: `passkey` (its name), `browser` and `network`.
        PasskeyAdded = "passkey-added",
        /// A passkey was removed in a signed-in session: `passkey` (its name).
        PasskeyRemoved = "passkey-removed",
        /// A sign-in was refused because the passkey may have been copied: `passkey` (its name), `browser` and `network`.
        PasskeyCopySuspected = "passkey-copy-suspected",
        /// The password was reset by mail: `open` (`yes` if anything else opens the account, else `no`), `list`
        /// (the Amazon account and the devices, a line each).
        PasswordReset = "password-reset",
        /// Somebody requested a password reset: `token`, for the link.
        PasswordResetLink = "password-reset-link",
        /// `amazon` (name of the Amazon account).
        AmazonLinked = "amazon-linked",
        /// To the address of an Amazon account that was linked by a code: `link` (to undo it).
        AmazonLinkedByCode = "amazon-linked-by-code",
        /// `amazon` (the new account), `former` (the old account).
        AmazonReplaced = "amazon-replaced",
        /// The code that confirms a link that a game made: `code`, `amazon`.
        LinkCode = "link-code",
        /// A link that a game made opens a browser from now on: `amazon`.
        AmazonConfirmed = "amazon-confirmed",
        /// Whoever has the Amazon account did not recognise the link that a game made, and it is gone: `amazon`.
        AmazonDenied = "amazon-denied",
        /// `amazon`.
        AmazonUnlinked = "amazon-unlinked",
        /// A device signed in without a password: `device` (the name it gives itself).
        DeviceAdded = "device-added",
        /// Somebody let a TV or console in by a code: `device` (the name it gives itself), `network` (its network).
        SignedInByCode = "signed-in-by-code",
        /// Access was withdrawn at Amazon: `amazon`.
        AmazonRevoked = "amazon-revoked",
        /// Support unlinked the account: `amazon`.
        SupportUnlinked = "support-unlinked",
        /// The same for a player without another login method: `amazon`, `token`, for the link to choose a password.
        SupportUnlinkedRecovery = "support-unlinked-recovery",
        /// Support asked Amazon about the link: `outcome` (`active`, `needs_reconnect`, `revoked` or
        /// `unasked`).
        SupportCheckedLink = "support-checked-link",
        SupportEndedSessions = "support-ended-sessions",
        /// Support sent the link to choose a password: `token`.
        SupportSentReset = "support-sent-reset",
        SupportDisabled = "support-disabled",
        SupportEnabled = "support-enabled",
        SupportWroteNote = "support-wrote-note",
        /// Somebody exported the data of the account.
        DataExported = "data-exported",
        /// The player has asked for the end of the account: `day` (when it is deleted).
        AccountClosing = "account-closing",
        /// The player keeps the account after all.
        AccountKept = "account-kept",
        /// The account was erased: `receipt` (signed, one word). The mail belongs to no player, and its row is deleted once it is sent.
        AccountErased = "account-erased",
    }
}

impl Kind {
    /// Codes, for which somebody waits at a form.
    pub(super) const CODES: &'static [Self] = &[Self::RegistrationCode, Self::SignInCode, Self::EmailCode];
    /// Links with which somebody gets in again.
    pub(super) const LINKS: &'static [Self] = &[
        Self::PasswordResetLink,
        Self::FactorRecoveryLink,
        Self::SupportSentReset,
        Self::SupportUnlinkedRecovery,
    ];
}

/// A mail, ready for the outbox.
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
    /// Writes the mail, if the reader has an address. `args` are the variables that [`Kind`] names.
    pub fn compose(
        app: &App,
        kind: Kind,
        to: &MailRecipient<'_>,
        args: &[(&str, &str)],
    ) -> Result<Option<Self>, Fault> {
        let Some(email) = to.email else { return Ok(None) };
        let created_at = app.clock.now();
        let id = new_id(created_at);
        let texts = MailTexts::of(app, to, created_at);
        let body_sealed = app.vault.seal(&place_of_body(&id), &texts.body(kind, args))?;
        Ok(Some(Self {
            id,
            kind,
            player: to.player.cloned(),
            recipient: email.to_owned(),
            subject: texts.subject(kind),
            body_sealed,
            created_at,
        }))
    }
}

/// The variables of every mail.
struct MailTexts<'a> {
    language: Language,
    site: &'a str,
    portal: &'a str,
    apps: String,
    help: Option<&'a str>,
    name: &'a str,
    when: String,
}

impl<'a> MailTexts<'a> {
    fn of(app: &'a App, to: &MailRecipient<'a>, at: DateTime<Utc>) -> Self {
        let site = &app.config.site;
        Self {
            language: to.language,
            site: &site.name,
            portal: app.config.http.public_url.as_str().trim_end_matches('/'),
            apps: app.config.amazon.endpoints.apps(),
            help: site.support_url.as_ref().map(|url| url.as_str().trim_start_matches("mailto:")),
            name: to.name,
            when: to.language.date_time(at),
        }
    }

    fn subject(&self, kind: Kind) -> String {
        let args = [("site", self.site), ("code", CODE_MARK)];
        self.language.text_of(&format!("mail-{}-subject", kind.as_str()), args)
    }

    fn body(&self, kind: Kind, args: &[(&str, &str)]) -> SecretString {
        let mut all = vec![
            ("site", self.site),
            ("portal", self.portal),
            ("apps", self.apps.as_str()),
            ("name", self.name),
            ("when", self.when.as_str()),
        ];
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

/// Stands for a code in a stored subject, which is not sealed. The code takes its place when the mail is sent.
const CODE_MARK: &str = "••••••";

/// The subject as it is sent, with the code from the opened body.
pub(super) fn sent_subject(subject: &str, body: &SecretString) -> String {
    if !subject.contains(CODE_MARK) {
        return subject.to_owned();
    }
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    let code = body.expose_secret().lines().find(is_code).unwrap_or(CODE_MARK);
    subject.replacen(CODE_MARK, code, 1)
}

/// The seal context of a mail's body.
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
    use super::*;

    const ARGS: [(&str, &str); 16] = [
        ("passkey", "My phone"),
        ("receipt", "abc.def"),
        ("day", "8 May 2026"),
        ("account", "the account with the address a•••••@example.com"),
        ("browser", "Firefox · Linux"),
        ("network", "203.0.113.0/24"),
        ("device", "Living room · tvOS"),
        ("code", "123456"),
        ("link", "https://play.example/account/email/undo?token=abc"),
        ("token", "abc"),
        ("address", "a•••••@example.com"),
        ("amazon", "Ann at Amazon"),
        ("former", "Old Ann"),
        ("linked", "yes"),
        ("outcome", "revoked"),
        ("network", "198.51.100.0/24"),
    ];

    fn texts(language: Language) -> MailTexts<'static> {
        MailTexts {
            language,
            site: "Acorn Games",
            portal: "https://play.example",
            apps: "https://www.amazon.com/ap/adam".to_owned(),
            help: Some("help@acorn.example"),
            name: "Ann",
            when: "1 May 2026, 10:00 UTC".to_owned(),
        }
    }

    #[test]
    fn every_kind_has_its_words_in_every_language_with_nothing_left_open() {
        for &language in Language::ALL {
            for kind in Kind::ALL {
                for part in ["subject", "body"] {
                    let message = format!("mail-{}-{part}", kind.as_str());
                    assert!(language.has(&message), "{} lacks {message}", language.as_str());
                }
                let (subject, body) = (texts(language).subject(*kind), texts(language).body(*kind, &ARGS));
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
        for &language in Language::ALL {
            for kind in [Kind::RegistrationCode, Kind::SignInCode, Kind::EmailCode] {
                let body = texts(language).body(kind, &ARGS);
                let lines = body.expose_secret().lines().filter(|line| *line == "123456").count();
                assert_eq!(lines, 1, "{}", body.expose_secret());
            }
        }
    }

    #[test]
    fn a_code_stands_in_the_subject_only_when_it_is_sent_and_where_it_is_safe() {
        for &language in Language::ALL {
            for kind in Kind::ALL {
                let (stored, body) = (texts(language).subject(*kind), texts(language).body(*kind, &ARGS));
                assert!(!stored.contains("123456"), "{stored}");
                let sent = sent_subject(&stored, &body);
                let is_safe = matches!(kind, Kind::RegistrationCode | Kind::EmailCode);
                assert_eq!(sent.contains("123456"), is_safe, "{sent}");
                assert!(!sent.contains(CODE_MARK), "{sent}");
            }
        }
        let none = SecretString::from("no code here");
        assert_eq!(sent_subject("•••••• is your code", &none), "•••••• is your code");
    }

    #[test]
    fn a_mail_to_an_address_nobody_has_proven_repeats_nobodys_words() {
        for &language in Language::ALL {
            for kind in [Kind::RegistrationCode, Kind::EmailCode, Kind::AmazonLinkedByCode] {
                let body = texts(language).body(kind, &ARGS);
                assert!(!body.expose_secret().contains("Ann"), "{}", body.expose_secret());
            }
        }
    }

    #[test]
    fn a_subject_holds_nothing_a_person_chose() {
        let hostile = MailTexts { site: "Acorn Games", ..texts(Language::English) };
        for kind in Kind::ALL {
            assert!(!hostile.subject(*kind).contains("Ann"));
        }
    }
}
