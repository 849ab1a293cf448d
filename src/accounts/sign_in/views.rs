//! What the pages of sign-in show.

use askama::Template;

use crate::web::{OfferAddress, Page, PageError, RequestContext, urls};

/// `/`.
#[derive(Template)]
#[template(path = "sign_in/welcome.html")]
pub(super) struct WelcomePage {
    page: Page,
}

impl WelcomePage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "welcome-title", "")? })
    }
}

/// `/sign-in`.
#[derive(Template)]
#[template(path = "sign_in/sign_in.html")]
pub(super) struct SignInPage {
    pub page: Page,
    pub identifier: String,
    pub remember: bool,
    next: String,
    register_url: String,
    forgot_url: String,
    offer: Option<OfferAddress>,
    /// Whether the visitor came to link an Amazon account, if not from an offer.
    comes_to_link: bool,
    /// Whether passkeys are possible: they need a domain.
    has_passkeys: bool,
}

impl SignInPage {
    /// `next` is the page of the portal where the player was going.
    pub(super) fn new(context: &RequestContext, next: Option<&urls::NextAddress>) -> Result<Self, PageError> {
        Ok(Self {
            page: Page::new(context, "sign-in", "")?,
            identifier: String::new(),
            remember: false,
            has_passkeys: context.app.config.http.public_url.domain().is_some(),
            offer: OfferAddress::behind(context, next),
            comes_to_link: OfferAddress::is_start_page(next),
            next: next.map_or_else(String::new, |next| next.as_str().to_owned()),
            forgot_url: next
                .map_or_else(|| urls::FORGOT_PASSWORD.to_owned(), |next| next.on(urls::FORGOT_PASSWORD)),
            register_url: next.map_or_else(|| urls::REGISTER.to_owned(), |next| next.on(urls::REGISTER)),
        })
    }
}

/// `/sign-in/two-step`.
#[derive(Template)]
#[template(path = "sign_in/two_step.html")]
pub(super) struct TwoStepPage {
    pub page: Page,
    pub remembers: bool,
}

impl TwoStepPage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "two-step-code-heading", "")?, remembers: false })
    }
}

/// `/sign-in/code`.
#[derive(Template)]
#[template(path = "sign_in/second_factor.html")]
pub(super) struct CodePage {
    pub page: Page,
    /// Whether another try at the code is allowed.
    pub is_open: bool,
}

impl CodePage {
    pub(super) fn new(context: &RequestContext) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "code-heading", "")?, is_open: true })
    }
}
