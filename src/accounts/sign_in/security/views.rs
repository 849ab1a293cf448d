//! What the security page shows.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::platform::ids::SessionId;
use crate::sessions::SignedInWith;
use crate::sessions::browser::BrowserSessionSummary;
use crate::sessions::game;
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext};

/// `/account/security`.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the page is shown")]
#[derive(Template)]
#[template(path = "sign_in/security.html")]
pub(super) struct SecurityPage {
    page: Page,
    has_password: bool,
    password_changed: Option<ShownTime>,
    has_email: bool,
    has_second_factor: bool,
    sessions: Vec<SecuritySessionRow>,
    has_others: bool,
}

/// One session in the list.
struct SecuritySessionRow {
    id: SessionId,
    device: String,
    with: String,
    network: String,
    signed_in: ShownTime,
    last_seen: ShownTime,
    is_current: bool,
}

impl SecurityPage {
    pub(super) fn new(
        context: &RequestContext,
        sessions: Vec<BrowserSessionSummary>,
        games: Vec<game::GameSessionSummary>,
        password_changed_at: Option<DateTime<Utc>>,
        has_second_factor: bool,
    ) -> Result<Self, PageError> {
        let current_player = context.player()?;
        let page = Page::new(context, "security-heading", "security")?;
        let mut rows: Vec<SecuritySessionRow> =
            sessions.into_iter().map(|found| row(&page, found, &current_player.session.id)).collect();
        rows.extend(games.into_iter().map(|found| game_row(&page, found)));
        // This browser comes first; the others stay in the order of their last use.
        rows.sort_by_key(|row| !row.is_current);
        Ok(Self {
            has_password: current_player.player.has_password,
            password_changed: password_changed_at
                .filter(|_| current_player.player.has_password)
                .map(|at| page.when(at)),
            has_email: current_player.player.email.is_some(),
            has_second_factor,
            has_others: rows.iter().any(|row| !row.is_current),
            sessions: rows,
            page,
        })
    }
}

fn row(page: &Page, found: BrowserSessionSummary, current: &SessionId) -> SecuritySessionRow {
    let device = if found.browser.is_empty() { page.t("security-unknown-browser") } else { found.browser };
    SecuritySessionRow {
        is_current: found.id == *current,
        id: found.id,
        device,
        with: with(page, found.signed_in_with),
        network: found.network,
        signed_in: page.moment(found.created_at),
        last_seen: page.moment(found.last_seen_at),
    }
}

fn game_row(page: &Page, found: game::GameSessionSummary) -> SecuritySessionRow {
    let game = page.t("security-game");
    SecuritySessionRow {
        is_current: false,
        id: found.id,
        device: if found.client.is_empty() { game } else { format!("{game} · {}", found.client) },
        with: with(page, found.signed_in_with),
        network: found.network,
        signed_in: page.moment(found.created_at),
        last_seen: page.moment(found.last_seen_at),
    }
}

fn with(page: &Page, signed_in_with: SignedInWith) -> String {
    page.t(match signed_in_with {
        SignedInWith::Password => "security-with-password",
        SignedInWith::Amazon => "security-with-amazon",
        SignedInWith::Registration => "security-with-registration",
        SignedInWith::Device => "security-with-device",
        SignedInWith::Passkey => "security-with-passkey",
    })
}
