//! What the page of reauthentication shows.

use askama::Template;

use crate::web::pending_action::PendingAction;
use crate::web::{CurrentPlayer, Page, PageError, RequestContext, urls};

/// `/account/confirm-identity`.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the page is shown")]
#[derive(Template)]
#[template(path = "sign_in/confirm_identity.html")]
pub(super) struct ConfirmIdentityPage {
    pub page: Page,
    /// What the proof is for.
    lead: String,
    /// The mark of the action that the page names; empty without one.
    mark: String,
    has_password: bool,
    /// For the browser's password manager.
    login_name: String,
    has_link: bool,
    /// Whether the code of the second factor is asked for.
    asks_code: bool,
    has_passkey: bool,
}

impl ConfirmIdentityPage {
    pub(super) fn new(
        context: &RequestContext,
        pending: Option<&PendingAction>,
        asks_code: bool,
    ) -> Result<Self, PageError> {
        let current_player = context.player()?;
        let page = Page::new(context, "identity-heading", "")?;
        Ok(Self {
            lead: lead(&page, current_player, pending),
            mark: pending.map(PendingAction::mark).unwrap_or_default(),
            page,
            has_password: current_player.player.has_password,
            login_name: current_player.login_name(),
            has_link: current_player.can_sign_in_with_amazon(),
            asks_code,
            has_passkey: current_player.has_passkey,
        })
    }

    /// The page after a proof that failed.
    pub(super) fn again(context: &RequestContext, asks_code: bool) -> Result<Self, PageError> {
        Self::new(context, PendingAction::read(context).as_ref(), asks_code)
    }
}

fn lead(page: &Page, current_player: &CurrentPlayer, pending: Option<&PendingAction>) -> String {
    let path = pending.and_then(|pending| pending.target.split('?').next()).unwrap_or_default();
    let amazon = current_player.link.as_ref().and_then(|link| link.amazon_name.as_deref());
    match (path, amazon) {
        (urls::AMAZON_UNLINK, Some(name)) => page.t_of("identity-to-unlink-named", &[("amazon", name)]),
        _ => page.t(lead_for(path).unwrap_or("identity-lead")),
    }
}

/// The message that names the action of a route.
pub fn lead_for(path: &str) -> Option<&'static str> {
    Some(match path {
        urls::DATA_DELETE => "identity-to-delete",
        urls::DATA_EXPORT => "identity-to-export",
        urls::PASSWORD => "identity-to-set-password",
        urls::PASSWORD_REMOVE => "identity-to-remove-password",
        urls::TWO_STEP_BEGIN | urls::TWO_STEP_SET_UP => "identity-to-turn-on-two-step",
        urls::TWO_STEP_CODES => "identity-to-renew-codes",
        urls::TWO_STEP_OFF => "identity-to-turn-off-two-step",
        urls::PASSKEY_ADD => "identity-to-add-passkey",
        urls::PASSKEY_REMOVE => "identity-to-remove-passkey",
        urls::PROFILE => "identity-to-change-user-name",
        urls::EMAIL | urls::AMAZON_EMAIL_USE => "identity-to-change-email",
        urls::EMAIL_AGAIN => "identity-to-send-code",
        urls::AMAZON_LINK | urls::AMAZON_CONFIRM => "identity-to-link",
        urls::AMAZON_MINE => "identity-to-confirm-link",
        urls::AMAZON_REPLACE => "identity-to-replace",
        urls::AMAZON_UNLINK => "identity-to-unlink",
        urls::END_SESSION => "identity-to-end-session",
        urls::SIGN_OUT_EVERYWHERE => "identity-to-sign-out-everywhere",
        urls::ACTIVATE_MOVE => "identity-to-move-device",
        urls::ACTIVATE_SIGN_IN => "identity-to-let-tv-in",
        urls::DEVICES => "identity-to-change-devices",
        _ => return None,
    })
}
