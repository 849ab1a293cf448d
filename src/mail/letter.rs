//! One letter: its words from the catalogues, its body sealed until it is sent, because it may hold a code.

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::platform::catalogue::Language;
use crate::platform::db::new_id;
use crate::platform::fault::Fault;
use crate::platform::vault::Place;
use crate::word_type;
use crate::words::PlayerId;

word_type! {
    /// What a letter is about. Its texts are the messages `mail-<kind>-subject` and `mail-<kind>-body`.
    Kind {
        /// The code that finishes a registration.
        RegistrationCode = "registration-code",
        /// Somebody tried to register an address that has an account.
        RegistrationTaken = "registration-taken",
        /// The code at sign-in, when a network has guessed too often.
        SignInCode = "sign-in-code",
        /// The code that proves a new address.
        EmailCode = "email-code",
        /// Somebody tried to move an account to an address that has one.
        EmailTaken = "email-taken",
        /// To the old address: the address was changed, with a link to undo it.
        EmailChanged = "email-changed",
        PasswordChanged = "password-changed",
        PasswordRemoved = "password-removed",
        PasswordReset = "password-reset",
        /// Somebody asked to reset the password: the link.
        PasswordResetLink = "password-reset-link",
        AmazonLinked = "amazon-linked",
        AmazonReplaced = "amazon-replaced",
        AmazonUnlinked = "amazon-unlinked",
        AmazonRevoked = "amazon-revoked",
    }
}

/// A letter, ready for the outbox.
pub struct Letter {
    pub(super) id: String,
    pub(super) kind: Kind,
    pub(super) player: Option<PlayerId>,
    pub(super) recipient: String,
    pub(super) subject: String,
    pub(super) body_sealed: Vec<u8>,
    pub(super) created_at: DateTime<Utc>,
}

impl Letter {
    /// Writes the letter in the reader's language. `args` fill the placeables of its body; every body also
    /// has `$site` and `$portal`, the address of this portal from the settings (S10).
    pub fn write(
        app: &App,
        kind: Kind,
        player: Option<&PlayerId>,
        recipient: &str,
        language: Language,
        args: &[(&str, &str)],
    ) -> Result<Self, Fault> {
        let id = new_id(app.clock.now());
        let portal = app.config.http.public_url.as_str().trim_end_matches('/');
        let mut all = vec![("site", app.config.site.name.as_str()), ("portal", portal)];
        all.extend_from_slice(args);
        let word = kind.as_str();
        let subject = language.text_of(&format!("mail-{word}-subject"), [("site", &app.config.site.name)]);
        let body = SecretString::from(language.text_with(&format!("mail-{word}-body"), &all));
        let body_sealed = app.vault.seal(&place_of_body(&id), &body)?;
        Ok(Self {
            id,
            kind,
            player: player.cloned(),
            recipient: recipient.to_owned(),
            subject,
            body_sealed,
            created_at: app.clock.now(),
        })
    }
}

/// Where the vault knows a letter's body.
pub(super) fn place_of_body(id: &str) -> Place {
    Place {
        purpose: "mail body",
        table: "mails",
        row: id.to_owned(),
        player: String::new(),
        identity: String::new(),
    }
}
