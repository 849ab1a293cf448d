//! The summary on top of a player's page: how they can sign in, and the health of their link.

use crate::links::StateCause;
use crate::support::player::model::{LinkHealth, LoginMethod, PlayerOverview};
use crate::support::player::view_context::ViewContext;

pub(super) struct PlayerSummaryView {
    /// `good`, `warn` or `bad`: how much there is to do.
    pub tone: &'static str,
    pub way_in: String,
    pub link: String,
}

impl PlayerSummaryView {
    pub fn of(view: ViewContext<'_>, overview: &PlayerOverview) -> Self {
        let (way, health) = (overview.way_in(), overview.health(view.now));
        Self {
            tone: state_tone(way, health),
            way_in: way_text(view, overview, way),
            link: link_text(view, health),
        }
    }
}

fn state_tone(way: LoginMethod, health: LinkHealth) -> &'static str {
    match (way, health) {
        (
            LoginMethod::Disabled | LoginMethod::ResetOnly | LoginMethod::DeviceOnly | LoginMethod::Nothing,
            _,
        ) => "bad",
        (LoginMethod::AmazonAgain | LoginMethod::Closing, _)
        | (
            _,
            LinkHealth::RanOut(_)
            | LinkHealth::Failing(_)
            | LinkHealth::Held(_)
            | LinkHealth::NeedsReconnect { .. }
            | LinkHealth::Revoked(_),
        ) => "warn",
        _ => "good",
    }
}

fn way_text(view: ViewContext<'_>, overview: &PlayerOverview, way: LoginMethod) -> String {
    let since = overview.closes_at().or(overview.account.disabled_at);
    let day = since.map(|at| view.day(at)).unwrap_or_default();
    view.page.t_of(&format!("gist-way-{}", way.as_str()), &[("day", &day)])
}

fn link_text(view: ViewContext<'_>, health: LinkHealth) -> String {
    let on = |message: &str, at| view.page.t_of(message, &[("day", &view.day(at))]);
    match health {
        LinkHealth::Never => view.t("gist-link-never"),
        LinkHealth::Ended { cause, at } => {
            let (day, cause) = (view.day(at), cause.as_str());
            view.page.t_of("gist-link-ended", &[("day", &day), ("cause", cause)])
        }
        LinkHealth::Works => view.t("gist-link-works"),
        LinkHealth::WorksUntil(ends) => {
            let relative = view.moment(ends).relative;
            view.page.t_of("gist-link-works-until", &[("pace", &relative)])
        }
        LinkHealth::RanOut(ended) => on("gist-link-ran-out", ended),
        LinkHealth::Failing(tries) => view.page.language().text_for_count("gist-link-failing", tries),
        LinkHealth::Held(since) => on("gist-link-held", since),
        LinkHealth::NeedsReconnect { cause, since } => {
            let (day, cause) = (view.day(since), cause.map_or("gone", StateCause::as_str));
            view.page.t_of("gist-link-needs-reconnect", &[("day", &day), ("cause", cause)])
        }
        LinkHealth::Revoked(since) => on("gist-link-revoked", since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Language;

    const WAYS_IN: [LoginMethod; 10] = [
        LoginMethod::Closing,
        LoginMethod::Disabled,
        LoginMethod::PasswordAndAmazon,
        LoginMethod::PasswordOnly,
        LoginMethod::Passkey,
        LoginMethod::AmazonOnly,
        LoginMethod::AmazonAgain,
        LoginMethod::ResetOnly,
        LoginMethod::DeviceOnly,
        LoginMethod::Nothing,
    ];

    #[test]
    fn every_way_in_has_its_sentence() {
        for &language in Language::ALL {
            for way in WAYS_IN {
                assert!(language.has(&format!("gist-way-{}", way.as_str())), "{way:?}");
            }
        }
    }
}
