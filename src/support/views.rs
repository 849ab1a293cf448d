//! What the desk's home page shows.

use askama::Template;

use crate::links::refresh::mass_revocation_guard;
use crate::web::Page;
use crate::web::page::ShownTime;

/// `/support`.
#[derive(Template)]
#[template(path = "support/home.html")]
pub(super) struct HomePage {
    pub page: Page,
    /// What waits for somebody: a sentence, and where to go.
    pub matters: Vec<(String, String)>,
    /// While it is on, for who may release it.
    pub brake: Option<GuardPanel>,
}

/// The brake on mass revocation (S69).
pub(super) struct GuardPanel {
    pub body: String,
    pub since: ShownTime,
    /// Which pull of it this page shows.
    pub seen: String,
    /// What stood in the form that was not accepted.
    pub reason: String,
}

impl GuardPanel {
    /// Nothing while the brake is off.
    pub(super) fn of(page: &Page, brake: &mass_revocation_guard::GuardRow, reason: &str) -> Option<Self> {
        let since = brake.on_since?;
        let (refused, refreshes) = (brake.refused.to_string(), brake.refreshes.to_string());
        Some(Self {
            body: page.t_of("brake-body", &[("refused", &refused), ("refreshes", &refreshes)]),
            since: page.moment(since),
            seen: since.timestamp_micros().to_string(),
            reason: reason.to_owned(),
        })
    }
}
