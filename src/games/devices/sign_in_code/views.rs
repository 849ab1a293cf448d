//! The views of the pages about a code on a TV.

use askama::Template;

use super::pending::PendingSignIn;
use crate::web::page::{Page, ShownTime};
use crate::web::{PageError, RequestContext};

/// Device, game, place and player, as both pages show them.
pub(super) struct TvPanel {
    pub device: String,
    pub game: String,
    pub network: String,
    pub asked_at: ShownTime,
    /// The TV's own player, if it has one.
    pub player: Option<(String, ShownTime)>,
    /// Whether game and browser call from different networks.
    pub is_elsewhere: bool,
}

/// `/activate/sign-in`: what the TV is, before anything happens.
#[derive(Template)]
#[template(path = "devices/sign_in_code.html")]
pub(super) struct SignInCodePage {
    pub page: Page,
    pub tv: TvPanel,
    /// The name of the signed-in player; empty for a visitor.
    pub viewer: String,
    pub can_link: bool,
}

/// `/activate/link`: both names, before anything is linked.
#[derive(Template)]
#[template(path = "devices/link_tv.html")]
pub(super) struct LinkTvPage {
    pub page: Page,
    pub tv: TvPanel,
    pub attempt: String,
    pub amazon_name: String,
    pub register_url: String,
}

impl TvPanel {
    fn of(context: &RequestContext, page: &Page, pending: &PendingSignIn) -> Self {
        let code = &pending.code;
        let or = |text: &str, message: &str| {
            if text.is_empty() { page.t(message) } else { text.to_owned() }
        };
        let player = pending.player.as_ref();
        Self {
            device: or(&code.label, "claim-device-unnamed"),
            game: code.api_key.clone(),
            network: code.network.clone(),
            asked_at: page.moment(code.created_at),
            player: player.map(|player| {
                (or(&player.display_name, "claim-player-unnamed"), page.when(player.created_at))
            }),
            is_elsewhere: code.network != context.caller.network(),
        }
    }
}

impl SignInCodePage {
    pub(super) fn of(context: &RequestContext, pending: &PendingSignIn) -> Result<Self, PageError> {
        let page = Page::new(context, "sign-in-code-heading", "")?;
        let viewer = context.current_player.as_ref();
        Ok(Self {
            tv: TvPanel::of(context, &page, pending),
            viewer: viewer.map(|viewer| viewer.player.display_name.clone()).unwrap_or_default(),
            can_link: pending.can_link,
            page,
        })
    }
}

impl LinkTvPage {
    pub(super) fn of(
        context: &RequestContext,
        pending: &PendingSignIn,
        attempt: String,
        amazon_name: Option<String>,
        register_url: String,
    ) -> Result<Self, PageError> {
        let page = Page::new(context, "link-tv-heading", "")?;
        Ok(Self {
            tv: TvPanel::of(context, &page, pending),
            amazon_name: amazon_name.unwrap_or_else(|| page.t("amazon-nameless")),
            attempt,
            register_url,
            page,
        })
    }
}
