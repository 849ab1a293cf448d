//! The Amazon account that is still linked after a reset, in words its owner recognises (S61).

use crate::accounts::password_reset::store;
use crate::app::App;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// Its masked address, else its name, else words for an account without either; `None` without a link.
pub(super) async fn amazon_account(
    app: &App,
    player: &PlayerId,
    language: Language,
) -> Result<Option<String>, Fault> {
    let asked = player.clone();
    let found = app.db.read(move |conn| store::amazon_account(conn, &asked)).await?;
    Ok(found.map(|(name, email)| words_for(name, email.as_deref(), language)))
}

fn words_for(name: Option<String>, email: Option<&str>, language: Language) -> String {
    let masked = email.and_then(|email| EmailAddress::parse(email, LocalPart::Unicode).ok());
    match (masked, name) {
        (Some(address), _) => address.masked(),
        (None, Some(name)) => name,
        (None, None) => language.text("reset-amazon-unnamed"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_amazon_account_is_named_by_what_its_owner_knows() {
        let words = |name: Option<&str>, email| words_for(name.map(Into::into), email, Language::English);
        assert_eq!(words(Some("Wilma"), Some("wilma@example.com")), "w•••••@example.com");
        assert_eq!(words(Some("Wilma"), None), "Wilma");
        assert_eq!(words(Some("Wilma"), Some("not an address")), "Wilma");
        assert!(!words(None, None).is_empty());
    }
}
