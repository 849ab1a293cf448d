//! What the security page shows.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::accounts::sign_in::security::check_up::{AccountStanding, NextStep};
use crate::accounts::sign_in::security::store::OpenEnds;
use crate::platform::ids::SessionId;
use crate::sessions::SignedInWith;
use crate::sessions::browser::BrowserSessionSummary;
use crate::sessions::game;
use crate::web::page::ShownTime;
use crate::web::relative_time::RelativeTime;
use crate::web::{Page, PageError, RequestContext};

/// `/account/security`.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the page is shown")]
#[derive(Template)]
#[template(path = "sign_in/security.html")]
pub(super) struct SecurityPage {
    page: Page,
    check_up: CheckUp,
    /// The address that waits for its code, masked; empty if none does.
    email_waiting: String,
    /// Until when a mailed link for a new password works, if there is one.
    reset_until: Option<ShownTime>,
    /// Until when a link by code may be finished, if a game has begun one.
    link_by_code_until: Option<ShownTime>,
    has_password: bool,
    password_changed: Option<ShownTime>,
    has_email: bool,
    has_second_factor: bool,
    sessions: Vec<SecuritySessionRow>,
    has_others: bool,
}

/// How the account stands, in sentences.
struct CheckUp {
    sentences: Vec<String>,
    /// What to do next, and why, if anything.
    next: &'static str,
    advice: String,
    /// Address and label of the link to it.
    way: Option<(&'static str, String)>,
}

impl CheckUp {
    fn new(page: &Page, standing: AccountStanding) -> Self {
        let ways = page.language().text_for_count("check-up-ways", standing.ways_in);
        let email = page.t(if standing.has_email { "check-up-email" } else { "check-up-email-none" });
        let codes = standing
            .recovery_codes_left
            .map(|left| page.language().text_for_count("two-step-codes-left", left));
        let step = standing.next_step();
        Self {
            sentences: [ways, email].into_iter().chain(codes).collect(),
            next: step.as_str(),
            advice: page.t(match step {
                NextStep::EnterEmailCode => "check-up-next-enter-code",
                NextStep::AddEmail => "check-up-next-add-email",
                NextStep::SetPassword | NextStep::AddPasskey => "check-up-next-second-way",
                NextStep::RenewRecoveryCodes => "two-step-codes-low",
                NextStep::Nothing => "check-up-well",
            }),
            way: step.way().map(|(href, label)| (href, page.t(label))),
        }
    }
}

/// One session in the list.
struct SecuritySessionRow {
    id: SessionId,
    device: String,
    with: String,
    network: String,
    signed_in: RelativeTime,
    last_seen: RelativeTime,
    is_current: bool,
}

impl SecurityPage {
    pub(super) fn new(
        context: &RequestContext,
        sessions: Vec<BrowserSessionSummary>,
        games: Vec<game::GameSessionSummary>,
        password_changed_at: Option<DateTime<Utc>>,
        codes_left: Option<i64>,
        email_waiting: String,
        open_ends: &OpenEnds,
    ) -> Result<Self, PageError> {
        let (current_player, now) = (context.player()?, context.now);
        let page = Page::new(context, "security-heading", "security")?;
        let ways = [
            current_player.has_usable_password(),
            current_player.can_sign_in_with_amazon(),
            current_player.has_passkey,
        ];
        let standing = AccountStanding {
            ways_in: ways.into_iter().map(i64::from).sum(),
            has_usable_password: current_player.has_usable_password(),
            has_email: current_player.player.email.is_some(),
            awaits_email_code: current_player.awaits_email_code,
            recovery_codes_left: codes_left,
        };
        let mut rows: Vec<SecuritySessionRow> =
            sessions.into_iter().map(|found| row(&page, found, &current_player.session.id, now)).collect();
        rows.extend(games.into_iter().map(|found| game_row(&page, found, now)));
        // This browser comes first; the others stay in the order of their last use.
        rows.sort_by_key(|row| !row.is_current);
        Ok(Self {
            has_password: current_player.player.has_password,
            password_changed: password_changed_at
                .filter(|_| current_player.player.has_password)
                .map(|at| page.when(at)),
            has_email: current_player.player.email.is_some(),
            has_second_factor: codes_left.is_some(),
            check_up: CheckUp::new(&page, standing),
            email_waiting,
            reset_until: open_ends.reset_until.map(|at| page.moment(at)),
            link_by_code_until: open_ends.link_by_code_until.map(|at| page.moment(at)),
            has_others: rows.iter().any(|row| !row.is_current),
            sessions: rows,
            page,
        })
    }
}

fn row(
    page: &Page,
    found: BrowserSessionSummary,
    current: &SessionId,
    now: DateTime<Utc>,
) -> SecuritySessionRow {
    let device = if found.browser.is_empty() { page.t("security-unknown-browser") } else { found.browser };
    SecuritySessionRow {
        is_current: found.id == *current,
        id: found.id,
        device,
        with: with(page, found.signed_in_with),
        network: found.network,
        signed_in: RelativeTime::of(page, found.created_at, now),
        last_seen: RelativeTime::of(page, found.last_seen_at, now),
    }
}

fn game_row(page: &Page, found: game::GameSessionSummary, now: DateTime<Utc>) -> SecuritySessionRow {
    let game = page.t("security-game");
    SecuritySessionRow {
        is_current: false,
        id: found.id,
        device: if found.client.is_empty() { game } else { format!("{game} · {}", found.client) },
        with: with(page, found.signed_in_with),
        network: found.network,
        signed_in: RelativeTime::of(page, found.created_at, now),
        last_seen: RelativeTime::of(page, found.last_seen_at, now),
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
