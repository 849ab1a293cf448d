//! The views of the claim pages.

use askama::Template;

use crate::games::devices::claim::store::Claim;
use crate::web::page::{Page, ShownTime};
use crate::web::{PageError, RequestContext};

/// `/activate`.
#[derive(Template)]
#[template(path = "devices/activate.html")]
pub(super) struct ActivatePage {
    pub page: Page,
}

/// `/activate/claim`: device, network and player, before anything happens.
#[derive(Template)]
#[template(path = "devices/claim.html")]
pub(super) struct ClaimPage {
    pub page: Page,
    pub device: String,
    pub game: String,
    pub network: String,
    /// Whether game and browser call from different networks.
    pub is_elsewhere: bool,
    pub asked_at: ShownTime,
    pub player: String,
    pub player_since: ShownTime,
    /// The name of the signed-in player, who may take the device; empty for a visitor.
    pub viewer: String,
    pub can_move: bool,
    pub display_name: String,
    pub user_name: String,
    pub password_hint: String,
}

impl ClaimPage {
    pub(super) fn of(context: &RequestContext, claim: &Claim) -> Result<Self, PageError> {
        let page = Page::new(context, "claim-heading", "")?;
        let or = |text: &str, message: &str| {
            if text.is_empty() { page.t(message) } else { text.to_owned() }
        };
        let viewer = context.current_player.as_ref();
        let min = context.app.config.policy.password.min.to_string();
        Ok(Self {
            device: or(&claim.label, "claim-device-unnamed"),
            game: claim.api_key.clone(),
            network: claim.network.clone(),
            is_elsewhere: claim.network != context.caller.network(),
            asked_at: page.moment(claim.created_at),
            player: or(&claim.player_name, "claim-player-unnamed"),
            player_since: page.when(claim.player_since),
            viewer: viewer.map(|viewer| viewer.player.display_name.clone()).unwrap_or_default(),
            can_move: claim.device.is_some() && viewer.is_some_and(|viewer| viewer.player.id != claim.player),
            display_name: claim.player_name.clone(),
            user_name: claim.user_name.clone().unwrap_or_default(),
            password_hint: page.t_of("password-hint", &[("min", &min)]),
            page,
        })
    }
}
