//! The link on a player's page: its health with the reason, and everything about its tokens but the tokens.

use crate::links::{FormerLink, LinkDetails, LinkState, MadeBy, StateCause, TokensFrom};
use crate::support::player::model::PlayerOverview;
use crate::support::player::view_context::{NetworkPair, ViewContext};
use crate::web::RequestContext;
use crate::web::relative_time::RelativeTime;

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
    pub fn of(view: ViewContext<'_>, context: &RequestContext, overview: &PlayerOverview) -> Self {
        let Some(link) = &overview.link else { return Self::none(view) };
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
            state_text: view.t(&format!("state-{dashed}")),
            why: why(view, link),
            told_games: view.t(&format!("link-games-{dashed}")),
            amazon_name: link.amazon_name.clone().unwrap_or_else(|| view.t("link-nameless")),
            is_linked: true,
            amazon: amazon(view, link),
            checks: checks(view, link),
            tokens: tokens(view, context, link),
        }
    }

    fn none(view: ViewContext<'_>) -> Self {
        Self {
            state: "none",
            joint: "open",
            sign: "open",
            state_text: view.t("link-none"),
            why: view.t("link-none-amazon-side"),
            told_games: view.t("link-games-none"),
            amazon_name: view.t("link-none-name"),
            is_linked: false,
            amazon: Vec::new(),
            checks: Vec::new(),
            tokens: Vec::new(),
        }
    }
}

fn why(view: ViewContext<'_>, link: &LinkDetails) -> String {
    let day = view.day(link.state_since);
    let cause = link.state_cause.map_or("", StateCause::as_str);
    match link.state {
        LinkState::Active if link.held_at.is_some() => view.t("link-why-held"),
        LinkState::Active if !link.has_refresh_token => view.t("link-why-not-renewable"),
        LinkState::Active => String::new(),
        LinkState::NeedsReconnect => {
            view.page.t_of("link-why-needs-reconnect", &[("day", &day), ("cause", cause)])
        }
        LinkState::Revoked => view.page.t_of("link-why-revoked", &[("day", &day)]),
    }
}

fn amazon(view: ViewContext<'_>, link: &LinkDetails) -> Vec<NetworkPair> {
    let email = link.amazon_email.as_deref().map(|email| view.masking.email(email));
    let made_by = match link.made_by {
        MadeBy::Browser => "link-made-by-browser",
        MadeBy::NewPlayer => "link-made-by-new-player",
        MadeBy::GameToken => "link-made-by-game-token",
        MadeBy::GameCode => "link-made-by-game-code",
    };
    let mut pairs = vec![
        view.code("link-amazon-id", view.masking.amazon_id(&link.amazon_id)),
        view.words("link-amazon-email", email.unwrap_or_else(|| view.t("link-amazon-email-none"))),
    ];
    let postal_code = link.amazon_postal_code.as_deref().map(|code| view.masking.postal_code(code));
    pairs.extend(postal_code.map(|code| view.words("link-amazon-postal-code", code)));
    pairs.extend([
        view.at("link-linked", link.linked_at),
        view.words("link-made-by", view.t(made_by)),
        match link.confirmed_at {
            Some(at) => view.at("link-confirmed", at),
            None => view.words("link-confirmed", view.t("link-confirmed-not")),
        },
    ]);
    pairs
}

fn checks(view: ViewContext<'_>, link: &LinkDetails) -> Vec<NetworkPair> {
    let mut pairs =
        vec![view.at("link-state-since", link.state_since), view.at("link-checked", link.checked_at)];
    if link.has_refresh_token {
        pairs.push(view.at("link-next-check", link.next_check_at));
    } else {
        pairs.push(view.words("link-next-check", view.t("link-next-check-none")));
    }
    if link.failures > 0 {
        let tries = view.page.language().text_for_count("link-failures-count", link.failures);
        pairs.push(view.words("link-failures", tries));
    }
    let retry_at = link.retry_at.filter(|at| *at > view.now);
    pairs.extend(retry_at.map(|at| view.at("link-retry", at)));
    pairs.extend(link.held_at.map(|at| view.at("link-held", at)));
    pairs
}

fn tokens(view: ViewContext<'_>, context: &RequestContext, link: &LinkDetails) -> Vec<NetworkPair> {
    let access = match link.access_expires_at.filter(|_| link.has_access_token) {
        Some(ends) if ends > view.now => view.words_at("token-access", view.t("token-access-until"), ends),
        Some(ended) => view.words_at("token-access", view.t("token-access-ended"), ended),
        None => view.words("token-access", view.t("token-none")),
    };
    let refresh = if link.has_refresh_token { "token-refresh-held" } else { "token-none" };
    let from = match link.tokens_from {
        TokensFrom::CodeGrant => "token-from-code-grant",
        TokensFrom::Presented => "token-from-handed-over",
    };
    vec![
        access,
        view.words("token-refresh", view.t(refresh)),
        view.words("token-from", view.t(from)),
        view.words("token-client", client(view, context, &link.client_id)),
        view.words("token-version", link.token_version.to_string()),
        view.code("token-scopes", link.scopes.clone()),
    ]
}

/// The portal's client at Amazon that got the tokens; only that client can refresh them.
fn client(view: ViewContext<'_>, context: &RequestContext, client_id: &str) -> String {
    let amazon = &context.app.config.amazon;
    if amazon.client_id == client_id {
        view.t("token-client-web")
    } else if amazon.device_client_id.as_deref() == Some(client_id) {
        view.t("token-client-device")
    } else {
        view.page.t_of("token-client-other", &[("client", client_id)])
    }
}

pub(super) struct FormerLinkRow {
    pub linked: RelativeTime,
    pub ended: RelativeTime,
    pub cause: String,
    pub by: String,
}

pub(super) fn former(view: ViewContext<'_>, link: &FormerLink) -> FormerLinkRow {
    FormerLinkRow {
        linked: view.moment(link.linked_at),
        ended: view.moment(link.ended_at),
        cause: view.t(&format!("former-{}", link.cause.as_str().replace('_', "-"))),
        by: view.t(&format!("actor-{}", link.actor)),
    }
}
