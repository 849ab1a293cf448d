//! The player's identity and login methods, as the page shows them.

use crate::accounts::players;
use crate::links::LinkState;
use crate::platform::i18n::Language;
use crate::support::player::model::PlayerOverview;
use crate::support::player::view_context::{NetworkPair, ViewContext};

/// The name in the heading; a player from a device may have none.
pub(super) fn name_of(view: ViewContext<'_>, overview: &PlayerOverview) -> String {
    let account = &overview.account;
    match &account.user_name {
        _ if !account.display_name.is_empty() => account.display_name.clone(),
        Some(user_name) => user_name.clone(),
        None => view.t("player-nameless"),
    }
}

pub(super) fn identity(view: ViewContext<'_>, overview: &PlayerOverview) -> Vec<NetworkPair> {
    let account = &overview.account;
    let mut pairs = vec![view.code("player-id", account.id.to_string())];
    if account.display_name.is_empty() {
        pairs.push(view.words("field-display-name", view.t("player-no-display-name")));
    } else {
        pairs.push(view.words("field-display-name", account.display_name.clone()));
    }
    if account.sync_display_name {
        pairs.push(view.words("player-name-follows", view.t("player-name-follows-amazon")));
    }
    let none = || view.t("player-none");
    pairs.push(view.words("field-user-name", account.user_name.clone().unwrap_or_else(none)));
    pairs.push(email(view, overview));
    let language = account.language.as_deref();
    if let Some(tag) = language {
        let name =
            Language::from_tag(tag).map_or_else(|| tag.to_owned(), |overview| overview.name().to_owned());
        pairs.push(view.words("field-language", name));
    }
    let segments = players::read_segments(account.segments.as_deref());
    if !segments.is_empty() {
        let shown: Vec<String> = segments.iter().map(|(kind, value)| format!("{kind}: {value}")).collect();
        pairs.push(view.words("player-segments", shown.join(" · ")));
    }
    pairs.push(view.since("player-created", String::new(), account.created_at));
    // An account that closes is disabled as well; when it goes is what matters then.
    let disabled_at = account.disabled_at.filter(|_| account.closes_at.is_none());
    pairs.extend(disabled_at.map(|at| view.since("player-disabled", String::new(), at)));
    pairs.extend(account.closes_at.map(|at| view.since("player-closes", String::new(), at)));
    pairs
}

fn email(view: ViewContext<'_>, overview: &PlayerOverview) -> NetworkPair {
    let account = &overview.account;
    let Some(address) = &account.email else {
        return view.words("field-email", view.t("player-no-email"));
    };
    let address = view.masking.email(address);
    match account.email_proven_at {
        Some(at) => {
            view.since("field-email", view.page.t_of("player-email-confirmed", &[("address", &address)]), at)
        }
        None => {
            view.words("field-email", view.page.t_of("player-email-unconfirmed", &[("address", &address)]))
        }
    }
}

pub(super) fn ways_in(view: ViewContext<'_>, overview: &PlayerOverview) -> Vec<NetworkPair> {
    let amazon = match overview.link.as_ref().map(|link| link.state) {
        None => "way-amazon-none",
        Some(LinkState::Active) => "way-amazon-active",
        Some(LinkState::NeedsReconnect) => "way-amazon-needs-reconnect",
        Some(LinkState::Revoked) => "way-amazon-revoked",
    };
    let passkeys = if overview.has_passkey { "way-passkeys-some" } else { "way-passkeys-none" };
    let devices = i64::try_from(overview.open_devices()).unwrap_or(i64::MAX);
    vec![
        password(view, overview),
        second_factor(view, overview),
        view.words("way-passkeys", view.t(passkeys)),
        view.words("way-lost", lost(view, overview)),
        view.words("way-amazon", view.t(amazon)),
        view.words("way-devices", view.page.language().text_for_count("way-devices-count", devices)),
    ]
}

fn password(view: ViewContext<'_>, overview: &PlayerOverview) -> NetworkPair {
    let account = &overview.account;
    let message = match (account.has_password, overview.has_usable_password()) {
        (true, true) => "way-password-set",
        (true, false) => "way-password-unusable",
        (false, _) if account.password_changed_at.is_some() => "way-password-removed",
        (false, _) => return view.words("way-password", view.t("way-password-none")),
    };
    match account.password_changed_at {
        Some(at) => view.since("way-password", view.t(message), at),
        None => view.words("way-password", view.t(message)),
    }
}

fn second_factor(view: ViewContext<'_>, overview: &PlayerOverview) -> NetworkPair {
    match overview.second_factor_since {
        Some(at) => view.since("way-second-factor", view.t("way-second-factor-on"), at),
        None => view.words("way-second-factor", view.t("way-second-factor-off")),
    }
}

/// What a player can do who has lost the password.
fn lost(view: ViewContext<'_>, overview: &PlayerOverview) -> String {
    match &overview.account.email {
        Some(_) if overview.is_disabled() => view.t("way-lost-disabled"),
        Some(address) => view.page.t_of("way-lost-reset", &[("address", &view.masking.email(address))]),
        None => view.t("way-lost-nothing"),
    }
}
