//! What the page of reauthentication shows.

use askama::Template;

use crate::web::{Page, PageError, RequestContext};

/// `/account/confirm-identity`.
#[derive(Template)]
#[template(path = "sign_in/confirm_identity.html")]
pub(super) struct ConfirmIdentityPage {
    pub page: Page,
    has_password: bool,
    has_link: bool,
}

impl ConfirmIdentityPage {
    pub(super) fn new(visit: &RequestContext) -> Result<Self, PageError> {
        let viewer = visit.player()?;
        Ok(Self {
            page: Page::new(visit, "identity-heading", "")?,
            has_password: viewer.player.has_password,
            has_link: viewer.can_sign_in_with_amazon(),
        })
    }
}
