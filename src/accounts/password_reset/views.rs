//! What the pages about a forgotten password show.

use askama::Template;

use crate::accounts::players::PlayerCredentials;
use crate::accounts::second_factor::shortest_password;
use crate::platform::email::{EmailAddress, LocalPart};
use crate::web::{NextAddress, Page, PageError, RequestContext, urls};

/// `/forgot-password`.
#[derive(Template)]
#[template(path = "sign_in/forgot_password.html")]
pub(super) struct ForgotPage {
    pub page: Page,
    pub identifier: String,
    next: String,
    sign_in_url: String,
}

impl ForgotPage {
    /// `next` is the page of the portal where the player was going.
    pub(super) fn new(context: &RequestContext, next: Option<&NextAddress>) -> Result<Self, PageError> {
        Ok(Self {
            page: Page::new(context, "forgot-heading", "")?,
            identifier: String::new(),
            next: next.map_or_else(String::new, |next| next.as_str().to_owned()),
            sign_in_url: next.map_or_else(|| urls::SIGN_IN.to_owned(), |next| next.on(urls::SIGN_IN)),
        })
    }
}

/// `/reset-password`.
#[derive(Template)]
#[template(path = "sign_in/reset_password.html")]
pub(super) struct ResetPage {
    pub page: Page,
    /// For the browser's password manager: the link proves that its reader is this player.
    login_name: String,
    /// Whether the link is still valid.
    is_open: bool,
    password_hint: String,
    /// Whose link it is and who is signed out, while somebody else is signed in.
    whose: String,
}

impl ResetPage {
    /// `player` is whose link it is, if it is still valid.
    pub(super) fn new(
        context: &RequestContext,
        player: Option<&PlayerCredentials>,
        has_factor: bool,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "reset-heading", "")?;
        let min = shortest_password(&context.app, has_factor).to_string();
        Ok(Self {
            password_hint: page.t_of("password-hint", &[("min", &min)]),
            login_name: player.and_then(|player| player.email.clone()).unwrap_or_default(),
            whose: player.map(|player| whose(context, &page, player)).unwrap_or_default(),
            page,
            is_open: player.is_some(),
        })
    }
}

fn whose(context: &RequestContext, page: &Page, player: &PlayerCredentials) -> String {
    let Some(other) =
        context.current_player.as_ref().filter(|current_player| current_player.player.id != player.id)
    else {
        return String::new();
    };
    let address = player.email.as_deref().and_then(|text| EmailAddress::parse(text, LocalPart::Unicode).ok());
    let address = address.map(|address| address.masked()).unwrap_or_default();
    page.t_of("reset-whose", &[("email", &address), ("name", &other.player.display_name)])
}
