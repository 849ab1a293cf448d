//! What the pages about a forgotten password show.

use askama::Template;

use crate::web::{Page, PageError, RequestContext};

/// `/forgot-password`.
#[derive(Template)]
#[template(path = "sign_in/forgot_password.html")]
pub(super) struct ForgotPage {
    pub page: Page,
    pub identifier: String,
}

impl ForgotPage {
    pub(super) fn new(visit: &RequestContext) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(visit, "forgot-heading", "")?, identifier: String::new() })
    }
}

/// `/reset-password`.
#[derive(Template)]
#[template(path = "sign_in/reset_password.html")]
pub(super) struct ResetPage {
    pub page: Page,
    /// Whether the link is still valid.
    is_open: bool,
    password_hint: String,
}

impl ResetPage {
    pub(super) fn new(visit: &RequestContext, is_open: bool) -> Result<Self, PageError> {
        let page = Page::new(visit, "reset-heading", "")?;
        let min = visit.app.config.policy.password.min.to_string();
        Ok(Self { password_hint: page.t_of("password-hint", &[("min", &min)]), page, is_open })
    }
}
