//! The player's identity and login methods, as the page shows them.

use crate::links::LinkState;
use crate::platform::i18n::Language;
use crate::support::player::model::PlayerOverview;
use crate::support::player::view_context::{NetworkPair, ViewContext};

/// The name in the heading; a player from a device may have none.
pub(super) fn name_of(lens: ViewContext<'_>, known: &PlayerOverview) -> String {
    let account = &known.account;
    match &account.user_name {
        _ if !account.display_name.is_empty() => account.display_name.clone(),
        Some(user_name) => user_name.clone(),
        None => lens.t("player-nameless"),
    }
}

pub(super) fn identity(lens: ViewContext<'_>, known: &PlayerOverview) -> Vec<NetworkPair> {
    let account = &known.account;
    let mut pairs = vec![lens.code("player-id", account.id.to_string())];
    if account.display_name.is_empty() {
        pairs.push(lens.words("field-display-name", lens.t("player-no-display-name")));
    } else {
        pairs.push(lens.words("field-display-name", account.display_name.clone()));
    }
    if account.sync_display_name {
        pairs.push(lens.words("player-name-follows", lens.t("player-name-follows-amazon")));
    }
    let none = || lens.t("player-none");
    pairs.push(lens.words("field-user-name", account.user_name.clone().unwrap_or_else(none)));
    pairs.push(email(lens, known));
    let language = account.language.as_deref();
    if let Some(tag) = language {
        let name = Language::from_tag(tag).map_or_else(|| tag.to_owned(), |known| known.name().to_owned());
        pairs.push(lens.words("field-language", name));
    }
    pairs.push(lens.since("player-created", String::new(), account.created_at));
    pairs.extend(account.disabled_at.map(|at| lens.since("player-disabled", String::new(), at)));
    pairs
}

fn email(lens: ViewContext<'_>, known: &PlayerOverview) -> NetworkPair {
    let account = &known.account;
    let Some(address) = &account.email else {
        return lens.words("field-email", lens.t("player-no-email"));
    };
    let address = lens.veil.email(address);
    match account.email_proven_at {
        Some(at) => {
            lens.since("field-email", lens.page.t_of("player-email-confirmed", &[("address", &address)]), at)
        }
        None => {
            lens.words("field-email", lens.page.t_of("player-email-unconfirmed", &[("address", &address)]))
        }
    }
}

pub(super) fn ways_in(lens: ViewContext<'_>, known: &PlayerOverview) -> Vec<NetworkPair> {
    let amazon = match known.link.as_ref().map(|link| link.state) {
        None => "way-amazon-none",
        Some(LinkState::Active) => "way-amazon-active",
        Some(LinkState::NeedsReconnect) => "way-amazon-needs-reconnect",
        Some(LinkState::Revoked) => "way-amazon-revoked",
    };
    let devices = i64::try_from(known.open_devices()).unwrap_or(i64::MAX);
    vec![
        password(lens, known),
        lens.words("way-lost", lost(lens, known)),
        lens.words("way-amazon", lens.t(amazon)),
        lens.words("way-devices", lens.page.language().text_for_count("way-devices-count", devices)),
    ]
}

fn password(lens: ViewContext<'_>, known: &PlayerOverview) -> NetworkPair {
    let account = &known.account;
    let message = match (account.has_password, known.has_usable_password()) {
        (true, true) => "way-password-set",
        (true, false) => "way-password-unusable",
        (false, _) if account.password_changed_at.is_some() => "way-password-removed",
        (false, _) => return lens.words("way-password", lens.t("way-password-none")),
    };
    match account.password_changed_at {
        Some(at) => lens.since("way-password", lens.t(message), at),
        None => lens.words("way-password", lens.t(message)),
    }
}

/// What a player can do who has lost the password.
fn lost(lens: ViewContext<'_>, known: &PlayerOverview) -> String {
    match &known.account.email {
        Some(_) if known.is_disabled() => lens.t("way-lost-disabled"),
        Some(address) => lens.page.t_of("way-lost-reset", &[("address", &lens.veil.email(address))]),
        None => lens.t("way-lost-nothing"),
    }
}
