//! View models of the home page of support.

use askama::Template;

use crate::links::refresh::mass_revocation_guard;
use crate::web::Page;
use crate::web::page::ShownTime;

/// `/support`.
#[derive(Template)]
#[template(path = "support/home.html")]
pub(super) struct HomePage {
    pub page: Page,
    /// What waits for a decision: a sentence, and the address of its page.
    pub matters: Vec<(String, String)>,
    /// Present while the guard is on, for staff who may release it.
    pub brake: Option<GuardPanel>,
}

/// The mass-revocation guard (S69).
pub(super) struct GuardPanel {
    pub body: String,
    pub since: ShownTime,
    /// The switch-on that this page shows: its time in microseconds since the Unix epoch.
    pub seen: String,
    /// The text of a form that was refused.
    pub reason: String,
}

impl GuardPanel {
    /// `None` while the guard is off.
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
