//! What the pages of two-step sign-in show.

use askama::Template;

use crate::accounts::second_factor::RememberedBrowser;
use crate::platform::fault::Fault;
use crate::platform::qr::QrDrawing;
use crate::platform::totp::TotpSecret;
use crate::web::page::ShownTime;
use crate::web::{CurrentPlayer, Page, PageError, RequestContext};

/// `/account/two-step`.
#[derive(Template)]
#[template(path = "two_step/overview.html")]
pub(super) struct TwoStepOverviewPage {
    pub page: Page,
    /// `None` while the second factor is off.
    pub on: Option<TwoStepView>,
}

/// A second factor that is on.
pub(super) struct TwoStepView {
    pub since: ShownTime,
    pub codes_left: String,
    /// Whether few codes are left, so that the page says what to do.
    pub is_low: bool,
    pub browsers: Vec<RememberedBrowserRow>,
}

pub(super) struct RememberedBrowserRow {
    pub id: String,
    pub browser: String,
    pub network: String,
    pub since: ShownTime,
    pub until: ShownTime,
}

impl RememberedBrowserRow {
    pub fn new(page: &Page, found: RememberedBrowser) -> Self {
        let browser =
            if found.browser.is_empty() { page.t("security-unknown-browser") } else { found.browser };
        Self {
            id: found.id,
            browser,
            network: found.network,
            since: page.moment(found.created_at),
            until: page.moment(found.expires_at),
        }
    }
}

/// `/account/two-step/set-up`.
#[derive(Template)]
#[template(path = "two_step/set_up.html")]
pub(super) struct SetUpPage {
    pub page: Page,
    pub drawing: QrDrawing,
    pub secret: String,
}

impl SetUpPage {
    pub fn new(
        context: &RequestContext,
        current_player: &CurrentPlayer,
        secret: &TotpSecret,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "two-step-set-up-heading", "security")?;
        let address = secret.address(&context.app.config.site.name, account_name(current_player))?;
        let drawing: Result<QrDrawing, Fault> = QrDrawing::of(&address);
        Ok(Self { page, drawing: drawing?, secret: secret.in_groups() })
    }
}

/// The name under which the app lists the account.
fn account_name(current_player: &CurrentPlayer) -> &str {
    let player = &current_player.player;
    player.email.as_deref().or(player.user_name.as_deref()).unwrap_or(&player.display_name)
}

/// `/account/two-step/codes`.
#[derive(Template)]
#[template(path = "two_step/codes.html")]
pub(super) struct RecoveryCodesPage {
    pub page: Page,
    /// All codes in one block, a line each, to be copied at once.
    pub block: String,
}

/// `/account/two-step/off`.
#[derive(Template)]
#[template(path = "two_step/off.html")]
pub(super) struct TurnOffPage {
    pub page: Page,
    pub has_password: bool,
    pub password_hint: String,
    /// For the browser's password manager.
    pub login_name: String,
}

impl TurnOffPage {
    pub fn new(context: &RequestContext, min: usize) -> Result<Self, PageError> {
        let page = Page::new(context, "two-step-off-heading", "security")?;
        Ok(Self {
            has_password: context.player()?.player.has_password,
            login_name: context.player()?.login_name(),
            password_hint: page.t_of("two-step-off-hint", &[("min", &min.to_string())]),
            page,
        })
    }
}
