//! View models of a player's page.

use askama::Template;

use crate::support::player::action_panel::ActionPanel;
use crate::support::player::identity::{identity, name_of, ways_in};
use crate::support::player::link::{FormerLinkRow, LinkPanelView, former};
use crate::support::player::load::LoadedPlayer;
use crate::support::player::masking::Masking;
use crate::support::player::model::OverviewLimit;
use crate::support::player::store::SHOWN;
use crate::support::player::summary::PlayerSummaryView;
use crate::support::player::tables::{self, PlayerDeviceRow, PlayerMailRow, PlayerNoteRow, PlayerSessionRow};
use crate::support::player::timeline::TimelineQuery;
use crate::support::player::timeline_view::{TimelineView, of_player};
use crate::support::player::view_context::{NetworkPair, ViewContext};
use crate::web::try_again::{ShownTryAgain, TryAgain};
use crate::web::{CurrentStaffMember, Page, PageError, RequestContext, urls};

/// `/support/players/{id}`.
#[derive(Template)]
#[template(path = "support/player.html")]
pub(in crate::support) struct PlayerPage {
    pub page: Page,
    pub staff: CurrentStaffMember,
    /// The actions that staff may take here.
    pub actions: ActionPanel,
    /// The player's id.
    pub player: String,
    address: String,
    name: String,
    is_disabled: bool,
    /// The day on which the account is deleted; empty unless it closes.
    closes_on: String,
    is_revealed: bool,
    summary: PlayerSummaryView,
    identity: Vec<NetworkPair>,
    ways_in: Vec<NetworkPair>,
    link: LinkPanelView,
    former: ShownPlayer<FormerLinkRow>,
    browsers: Vec<PlayerSessionRow>,
    games: Vec<PlayerSessionRow>,
    devices: ShownPlayer<PlayerDeviceRow>,
    mails: ShownPlayer<PlayerMailRow>,
    notes: ShownPlayer<PlayerNoteRow>,
    timeline: TimelineView,
    typed: Vec<(String, String)>,
}

/// The rows of a list that fit on the page.
struct ShownPlayer<T> {
    rows: Vec<T>,
    has_more: bool,
}

impl<T> ShownPlayer<T> {
    fn of<R>(rows: &[R], shown: impl Fn(&R) -> T) -> Self {
        Self { rows: rows.iter().take(SHOWN).map(shown).collect(), has_more: rows.len() > SHOWN }
    }
}

impl PlayerPage {
    pub(super) fn new(
        context: &RequestContext,
        seen: &LoadedPlayer,
        asked: &TimelineQuery,
        over: OverviewLimit,
    ) -> Result<Self, PageError> {
        let (overview, names, staff) = (&seen.overview, &seen.names, context.staff()?);
        let mut page = Page::new(context, "player-heading", "home")?.with_errors(over.errors);
        if let Some(notice) = over.notice {
            page = page.with_notice(notice);
        }
        let address = of_player(overview.id());
        // The page also answers forms at other addresses, so its language links name its own address.
        for (.., query) in &mut page.languages {
            query.insert_str(0, &address);
        }
        let view = ViewContext { page: &page, now: context.now, masking: Masking { is_lifted: over.reveal } };
        let name = name_of(view, overview);
        let title = name.clone();
        Ok(Self {
            actions: ActionPanel::of(&page, staff, overview, &over.typed),
            staff: staff.clone(),
            player: overview.id().to_string(),
            address,
            is_disabled: overview.is_disabled(),
            closes_on: overview.closes_at().map(|at| view.day(at)).unwrap_or_default(),
            is_revealed: over.reveal,
            summary: PlayerSummaryView::of(view, overview),
            identity: identity(view, overview),
            ways_in: ways_in(view, overview),
            link: LinkPanelView::of(view, context, overview),
            former: ShownPlayer::of(&overview.former, |link| former(view, link)),
            browsers: overview.sessions.iter().map(|session| tables::browser(view, session)).collect(),
            games: overview.games.iter().map(|session| tables::game(view, session)).collect(),
            devices: ShownPlayer::of(&overview.devices, |device| tables::device(view, device)),
            mails: ShownPlayer::of(&overview.mails, |letter| tables::letter(view, letter)),
            notes: ShownPlayer::of(&overview.notes, |note| tables::note(view, names, note)),
            timeline: TimelineView::of(view, overview.id(), asked, &overview.records, names),
            typed: over.typed,
            name,
            page: page.with_title(title),
        })
    }

    /// The text of a field in a form that was refused.
    fn typed(&self, id: &str) -> &str {
        self.typed.iter().find(|(field, _)| field == id).map_or("", |(_, value)| value.as_str())
    }
}

/// The page that replaces a player's page above the limit of views.
#[derive(Template)]
#[template(path = "errors/desk.html")]
pub(super) struct ViewQuotaPage {
    page: Page,
    code: &'static str,
    title: String,
    body: String,
    try_again: Option<ShownTryAgain>,
    reference: String,
    way: Option<(String, String)>,
}

impl ViewQuotaPage {
    pub(super) fn new(context: &RequestContext, retry_after: i64) -> Result<Self, PageError> {
        let page = Page::new(context, "notice-staff-looks-title", "home")?.into_error();
        let way = (urls::SUPPORT.to_owned(), page.t("error-way-home"));
        let (title, body) = (page.title.clone(), page.t("notice-staff-looks-body"));
        let try_again = Some(TryAgain::after(context.now, retry_after).in_words(context.language));
        let (reference, way) = (String::new(), Some(way));
        Ok(Self { page, code: "throttled", title, body, try_again, reference, way })
    }
}
