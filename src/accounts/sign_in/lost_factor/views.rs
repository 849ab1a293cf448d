//! What the pages about a lost second factor show.

use askama::Template;

use crate::accounts::second_factor::shortest_password;
use crate::accounts::sign_in::lost_factor::finish::LostFactorStanding;
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext};

/// `/sign-in/lost-factor`: every way back, in the order in which to try them.
#[derive(Template)]
#[template(path = "sign_in/lost_factor.html")]
pub(super) struct LostFactorPage {
    pub page: Page,
    /// How long the wait by mail takes.
    hours: String,
    /// When the wait ends, if one runs.
    due: Option<ShownTime>,
    is_due: bool,
    /// Whether passkeys are possible: they need a domain.
    has_passkeys: bool,
}

impl LostFactorPage {
    pub(super) fn new(context: &RequestContext, standing: &LostFactorStanding) -> Result<Self, PageError> {
        let page = Page::new(context, "lost-factor-heading", "")?;
        let hours = context.app.config.policy.codes.factor_recovery_after.num_hours();
        Ok(Self {
            hours: page.language().text_for_count("lost-factor-hours", hours),
            due: standing.due_at.map(|at| page.moment(at)),
            is_due: standing.is_due(context.now),
            has_passkeys: context.app.config.http.public_url.domain().is_some(),
            page,
        })
    }
}

/// The page of a mailed link: `/sign-in/lost-factor/begin` and `/sign-in/lost-factor/cancel`.
#[derive(Template)]
#[template(path = "sign_in/lost_factor_link.html")]
pub(super) struct RecoveryLinkPage {
    pub page: Page,
    /// Whether the link is valid.
    pub is_open: bool,
    /// Whether it cancels.
    pub cancels: bool,
    lead: String,
}

impl RecoveryLinkPage {
    pub(super) fn new(context: &RequestContext, is_open: bool, cancels: bool) -> Result<Self, PageError> {
        let title = if cancels { "lost-factor-cancel-heading" } else { "lost-factor-begin-heading" };
        let page = Page::new(context, title, "")?;
        let hours = context.app.config.policy.codes.factor_recovery_after.num_hours();
        let hours = page.language().text_for_count("lost-factor-hours", hours);
        let lead = if cancels { "lost-factor-cancel-lead" } else { "lost-factor-begin-lead" };
        Ok(Self { lead: page.t_of(lead, &[("hours", &hours)]), page, is_open, cancels })
    }
}

/// `/sign-in/lost-factor/finish`.
#[derive(Template)]
#[template(path = "sign_in/lost_factor_finish.html")]
pub(super) struct FinishPage {
    pub page: Page,
    has_password: bool,
    /// For the browser's password manager.
    login_name: String,
    password_hint: String,
}

impl FinishPage {
    pub(super) fn new(context: &RequestContext, standing: &LostFactorStanding) -> Result<Self, PageError> {
        let page = Page::new(context, "lost-factor-finish-heading", "")?;
        let min = shortest_password(&context.app, false).to_string();
        Ok(Self {
            has_password: standing.has_password,
            login_name: standing.login_name.clone(),
            password_hint: page.t_of("password-hint", &[("min", &min)]),
            page,
        })
    }
}
