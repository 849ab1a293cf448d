//! The one mail of a registration: the code, or a notice to the owner of a taken address.

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::outbound::mail::{Kind, MailMessage};
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
) -> Result<MailMessage, Fault> {
    if let Some(owner) = owner {
        return taken_message(app, owner, typed, language);
    }
    let args = [("code", code.expose())];
    MailMessage::write(app, Kind::RegistrationCode, None, typed, language, &args)
}

/// The notice to the owner, in the owner's language, that somebody wanted to register the address.
pub(super) fn taken_message(
    app: &App,
    owner: &PlayerCredentials,
    typed: &str,
    language: Language,
) -> Result<MailMessage, Fault> {
    let recipient = owner.email.as_deref().unwrap_or(typed);
    let language = owner.language.as_deref().and_then(Language::from_tag).unwrap_or(language);
    let args = [("name", owner.display_name.as_str())];
    MailMessage::write(app, Kind::RegistrationTaken, Some(&owner.id), recipient, language, &args)
}
