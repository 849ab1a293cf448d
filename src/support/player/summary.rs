//! The player in two sentences: whether and how they get in, and what their link is worth.

use crate::links::StateCause;
use crate::support::player::model::{Health, Known, WayIn};
use crate::support::player::view_context::Lens;

/// What stands on top of the page.
pub(super) struct Gist {
    /// `good`, `warn` or `bad`: how much somebody has to do here.
    pub tone: &'static str,
    pub way_in: String,
    pub link: String,
}

impl Gist {
    pub fn of(lens: Lens<'_>, known: &Known) -> Self {
        let (way, health) = (known.way_in(), known.health(lens.now));
        Self { tone: tone(way, health), way_in: way_text(lens, known, way), link: link_text(lens, health) }
    }
}

fn tone(way: WayIn, health: Health) -> &'static str {
    match (way, health) {
        (WayIn::Disabled | WayIn::ResetOnly | WayIn::DeviceOnly | WayIn::Nothing, _) => "bad",
        (WayIn::AmazonAgain, _)
        | (
            _,
            Health::RanOut(_)
            | Health::Failing(_)
            | Health::Held(_)
            | Health::NeedsReconnect { .. }
            | Health::Revoked(_),
        ) => "warn",
        _ => "good",
    }
}

fn way_text(lens: Lens<'_>, known: &Known, way: WayIn) -> String {
    let day = known.account.disabled_at.map(|at| lens.day(at)).unwrap_or_default();
    lens.page.t_of(&format!("gist-way-{}", way.word()), &[("day", &day)])
}

fn link_text(lens: Lens<'_>, health: Health) -> String {
    let on = |message: &str, at| lens.page.t_of(message, &[("day", &lens.day(at))]);
    match health {
        Health::Never => lens.t("gist-link-never"),
        Health::Ended { cause, at } => {
            let (day, cause) = (lens.day(at), cause.as_str());
            lens.page.t_of("gist-link-ended", &[("day", &day), ("cause", cause)])
        }
        Health::Works => lens.t("gist-link-works"),
        Health::WorksUntil(ends) => {
            let pace = lens.moment(ends).pace;
            lens.page.t_of("gist-link-works-until", &[("pace", &pace)])
        }
        Health::RanOut(ended) => on("gist-link-ran-out", ended),
        Health::Failing(tries) => lens.page.language().text_for_count("gist-link-failing", tries),
        Health::Held(since) => on("gist-link-held", since),
        Health::NeedsReconnect { cause, since } => {
            let (day, cause) = (lens.day(since), cause.map_or("", StateCause::as_str));
            lens.page.t_of("gist-link-needs-reconnect", &[("day", &day), ("cause", cause)])
        }
        Health::Revoked(since) => on("gist-link-revoked", since),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::platform::i18n::Language;

    const WAYS_IN: [WayIn; 8] = [
        WayIn::Disabled,
        WayIn::PasswordAndAmazon,
        WayIn::PasswordOnly,
        WayIn::AmazonOnly,
        WayIn::AmazonAgain,
        WayIn::ResetOnly,
        WayIn::DeviceOnly,
        WayIn::Nothing,
    ];

    #[test]
    fn every_way_in_has_its_sentence() {
        for language in Language::ALL {
            for way in WAYS_IN {
                assert!(language.has(&format!("gist-way-{}", way.word())), "{way:?}");
            }
        }
    }
}
