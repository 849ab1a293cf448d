//! The one letter that a registration causes: the code, or, to the owner of a taken address, what happened.

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::outbound::mail::{Kind, MailMessage};
use crate::platform::crypto::token::NumericCode;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;

/// Who has this address already. Asked in every case, so that both cost the same (S13).
pub(super) async fn owner_of(app: &App, email_key: &str) -> Result<Option<PlayerCredentials>, Fault> {
    let email_key = email_key.to_owned();
    app.db.read(move |conn| players::store::credentials_by_email(conn, &email_key)).await
}

/// To the owner, at the address they have proven; without one, to the address that was typed.
pub(super) fn letter(
    app: &App,
    owner: Option<&PlayerCredentials>,
    typed: &str,
    language: Language,
    code: &NumericCode,
) -> Result<MailMessage, Fault> {
    if let Some(owner) = owner {
        return taken(app, owner, typed, language);
    }
    let args = [("code", code.expose())];
    MailMessage::write(app, Kind::RegistrationCode, None, typed, language, &args)
}

/// Tells the owner, in their own language, that somebody wanted to register their address.
pub(super) fn taken(
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
