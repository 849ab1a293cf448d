//! What the pages of both steps show.

use askama::Template;

use crate::accounts::registration::forms::RegisterForm;
use crate::web::urls::{REGISTER, SIGN_IN};
use crate::web::{NextAddress, OfferAddress, Page, PageError, RequestContext};

/// `/register`.
#[derive(Template)]
#[template(path = "registration/register.html")]
pub(super) struct RegisterPage {
    pub page: Page,
    pub display_name: String,
    pub email: String,
    pub next: String,
    pub password_hint: String,
    pub sign_in_url: String,
    pub offer: Option<OfferAddress>,
    /// Whether the visitor came to link an Amazon account, if not from an offer.
    pub comes_to_link: bool,
}

impl RegisterPage {
    /// The form with what was typed, except the password.
    pub fn of(context: &RequestContext, form: RegisterForm) -> Result<Self, PageError> {
        let page = Page::new(context, "create-account", "")?;
        let min = context.app.config.policy.password.min.to_string();
        let next = NextAddress::parse(&form.next);
        Ok(Self {
            password_hint: page.t_of("password-hint", &[("min", &min)]),
            offer: OfferAddress::behind(context, next.as_ref()),
            comes_to_link: OfferAddress::is_start_page(next.as_ref()),
            sign_in_url: next.as_ref().map_or_else(|| SIGN_IN.to_owned(), |next| next.on(SIGN_IN)),
            next: next.map(|next| next.as_str().to_owned()).unwrap_or_default(),
            display_name: form.display_name,
            email: form.email,
            page,
        })
    }
}

/// `/register/verify`.
#[derive(Template)]
#[template(path = "registration/verify.html")]
pub(super) struct VerifyPage {
    pub page: Page,
    pub email_masked: String,
    pub register_url: &'static str,
}

impl VerifyPage {
    pub fn of(context: &RequestContext, email_masked: String) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "verify-heading", "")?, email_masked, register_url: REGISTER })
    }
}
