//! The one mail of a registration: the code, or a notice to the owner of a taken address.

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::outbound::mail::{Kind, MailMessage, MailRecipient};
use crate::platform::crypto::token::NumericCode;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;

/// The player who has this address. It is read in every case, so that both cost the same (S13).
pub(super) async fn owner_of(app: &App, email_key: &str) -> Result<Option<PlayerCredentials>, Fault> {
    let email_key = email_key.to_owned();
    app.db.read(move |conn| players::store::credentials_by_email(conn, &email_key)).await
}

/// The notice to the owner, at the proven address; without an owner, the code to the typed address.
pub(super) fn code_message(
    app: &App,
    owner: Option<&PlayerCredentials>,
    typed: &str,
    language: Language,
    code: &NumericCode,
) -> Result<Option<MailMessage>, Fault> {
    if let Some(owner) = owner {
        return taken_message(app, owner, language);
    }
    let to = MailRecipient { player: None, email: Some(typed), name: "", language };
    MailMessage::compose(app, Kind::RegistrationCode, &to, &[("code", code.expose())])
}

/// The notice to the owner, in the owner's language, that somebody wanted to register the address.
pub(super) fn taken_message(
    app: &App,
    owner: &PlayerCredentials,
    language: Language,
) -> Result<Option<MailMessage>, Fault> {
    MailMessage::compose(app, Kind::RegistrationTaken, &owner.as_recipient(language), &[])
}
