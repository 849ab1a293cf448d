//! The list in the mail about a reset.

use crate::accounts::remaining_access::store;
use crate::app::App;
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::PlayerId;

/// The most devices that a mail names. The page has all.
const DEVICES: usize = 10;

/// A line for the Amazon account, for each passkey and for each device; empty if nothing but the password opens the account.
pub async fn list_for_mail(app: &App, player: &PlayerId, language: Language) -> Result<String, Fault> {
    let asked = player.clone();
    let (amazon, passkeys, devices) = app
        .db
        .read(move |conn| {
            let passkeys = store::list_passkeys(conn, &asked)?;
            Ok((store::amazon_account(conn, &asked)?, passkeys, store::list_devices(conn, &asked)?))
        })
        .await?;
    let amazon = amazon.map(|amazon| {
        let name = amazon.name(app, language);
        language.text_of("access-mail-amazon", [("amazon", name.as_str())])
    });
    let passkeys = passkeys
        .iter()
        .map(|passkey| language.text_of("access-mail-passkey", [("passkey", passkey.name.as_str())]));
    let named = devices.iter().take(DEVICES).map(|device| {
        let name = device.name(language);
        language.text_of("access-mail-device", [("device", name.as_str()), ("game", device.api_key.as_str())])
    });
    let more = devices.len().saturating_sub(DEVICES);
    let more =
        (more > 0).then(|| language.text_of("access-mail-more", [("count", more.to_string().as_str())]));
    Ok(amazon.into_iter().chain(passkeys).chain(named).chain(more).collect::<Vec<_>>().join("\n"))
}
