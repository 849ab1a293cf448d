//! The link on a player's page: its health with the reason, and everything about its tokens but the tokens.

use crate::links::{FormerLink, LinkDetails, LinkState, StateCause, TokensFrom};
use crate::support::player::model::PlayerOverview;
use crate::support::player::relative_time::RelativeTime;
use crate::support::player::view_context::{NetworkPair, ViewContext};
use crate::web::RequestContext;

/// The drawing of the link, and the facts below it.
pub(super) struct LinkPanelView {
    /// `none`, or a word of [`LinkState`].
    pub state: &'static str,
    /// The CSS words of the drawing, and of the state's sign in it.
    pub joint: &'static str,
    pub sign: &'static str,
    pub state_text: String,
    /// Since when, and why; empty for a link without problems.
    pub why: String,
    /// What a game learns when it asks for the link.
    pub told_games: String,
    pub amazon_name: String,
    pub is_linked: bool,
    pub amazon: Vec<NetworkPair>,
    pub checks: Vec<NetworkPair>,
    pub tokens: Vec<NetworkPair>,
}

impl LinkPanelView {
    pub fn of(lens: ViewContext<'_>, visit: &RequestContext, known: &PlayerOverview) -> Self {
        let Some(link) = &known.link else { return Self::none(lens) };
        let (joint, sign) = match link.state {
            LinkState::Active => ("linked", "linked"),
            LinkState::NeedsReconnect => ("parted", "parted"),
            LinkState::Revoked => ("open", "parted"),
        };
        let state = link.state.as_str();
        let dashed = state.replace('_', "-");
        Self {
            state,
            joint,
            sign,
            state_text: lens.t(&format!("state-{dashed}")),
            why: why(lens, link),
            told_games: lens.t(&format!("link-games-{dashed}")),
            amazon_name: link.amazon_name.clone().unwrap_or_else(|| lens.t("link-nameless")),
            is_linked: true,
            amazon: amazon(lens, link),
            checks: checks(lens, link),
            tokens: tokens(lens, visit, link),
        }
    }

    fn none(lens: ViewContext<'_>) -> Self {
        Self {
            state: "none",
            joint: "open",
            sign: "open",
            state_text: lens.t("link-none"),
            why: lens.t("link-none-amazon-side"),
            told_games: lens.t("link-games-none"),
            amazon_name: lens.t("link-none-name"),
            is_linked: false,
            amazon: Vec::new(),
            checks: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

fn why(lens: ViewContext<'_>, link: &LinkDetails) -> String {
    let day = lens.day(link.state_since);
    let cause = link.state_cause.map_or("", StateCause::as_str);
    match link.state {
        LinkState::Active if link.held_at.is_some() => lens.t("link-why-held"),
        LinkState::Active if !link.has_refresh_token => lens.t("link-why-not-renewable"),
        LinkState::Active => String::new(),
        LinkState::NeedsReconnect => {
            lens.page.t_of("link-why-needs-reconnect", &[("day", &day), ("cause", cause)])
        }
        LinkState::Revoked => lens.page.t_of("link-why-revoked", &[("day", &day)]),
    }
}

fn amazon(lens: ViewContext<'_>, link: &LinkDetails) -> Vec<NetworkPair> {
    let email = link.amazon_email.as_deref().map(|email| lens.veil.email(email));
    vec![
        lens.code("link-amazon-id", lens.veil.amazon_id(&link.amazon_id)),
        lens.words("link-amazon-email", email.unwrap_or_else(|| lens.t("link-amazon-email-none"))),
        lens.at("link-linked", link.linked_at),
    ]
}

fn checks(lens: ViewContext<'_>, link: &LinkDetails) -> Vec<NetworkPair> {
    let mut pairs =
        vec![lens.at("link-state-since", link.state_since), lens.at("link-checked", link.checked_at)];
    if link.has_refresh_token {
        pairs.push(lens.at("link-next-check", link.next_check_at));
    } else {
        pairs.push(lens.words("link-next-check", lens.t("link-next-check-none")));
    }
    if link.failures > 0 {
        let tries = lens.page.language().text_for_count("link-failures-count", link.failures);
        pairs.push(lens.words("link-failures", tries));
    }
    let retry_at = link.retry_at.filter(|at| *at > lens.now);
    pairs.extend(retry_at.map(|at| lens.at("link-retry", at)));
    pairs.extend(link.held_at.map(|at| lens.at("link-held", at)));
    pairs
}

fn tokens(lens: ViewContext<'_>, visit: &RequestContext, link: &LinkDetails) -> Vec<NetworkPair> {
    let access = match link.access_expires_at.filter(|_| link.has_access_token) {
        Some(ends) if ends > lens.now => lens.words_at("token-access", lens.t("token-access-until"), ends),
        Some(ended) => lens.words_at("token-access", lens.t("token-access-ended"), ended),
        None => lens.words("token-access", lens.t("token-none")),
    };
    let refresh = if link.has_refresh_token { "token-refresh-held" } else { "token-none" };
    let from = match link.tokens_from {
        TokensFrom::CodeGrant => "token-from-code-grant",
        TokensFrom::HandedOver => "token-from-handed-over",
    };
    vec![
        access,
        lens.words("token-refresh", lens.t(refresh)),
        lens.words("token-from", lens.t(from)),
        lens.words("token-client", client(lens, visit, &link.client_id)),
        lens.words("token-version", link.token_version.to_string()),
        lens.code("token-scopes", link.scopes.clone()),
    ]
}

/// The portal's client at Amazon that got the tokens; only that client can refresh them.
fn client(lens: ViewContext<'_>, visit: &RequestContext, client_id: &str) -> String {
    let amazon = &visit.app.config.amazon;
    if amazon.client_id == client_id {
        lens.t("token-client-web")
    } else if amazon.device_client_id.as_deref() == Some(client_id) {
        lens.t("token-client-device")
    } else {
        lens.page.t_of("token-client-other", &[("client", client_id)])
    }
}

pub(super) struct FormerLinkRow {
    pub linked: RelativeTime,
    pub ended: RelativeTime,
    pub cause: String,
    pub by: String,
}

pub(super) fn former(lens: ViewContext<'_>, link: &FormerLink) -> FormerLinkRow {
    FormerLinkRow {
        linked: lens.moment(link.linked_at),
        ended: lens.moment(link.ended_at),
        cause: lens.t(&format!("former-{}", link.cause.as_str().replace('_', "-"))),
        by: lens.t(&format!("actor-{}", link.actor)),
    }
}
