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
    is_revealed: bool,
    gist: PlayerSummaryView,
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
        visit: &RequestContext,
        seen: &LoadedPlayer,
        asked: &TimelineQuery,
        over: OverviewLimit,
    ) -> Result<Self, PageError> {
        let (known, names, staff) = (&seen.known, &seen.names, visit.staff()?);
        let mut page = Page::new(visit, "player-heading", "home")?.with_errors(over.errors);
        if let Some(notice) = over.notice {
            page = page.with_notice(notice);
        }
        let address = of_player(known.id());
        // The page also answers forms at other addresses, so its language links name its own address.
        for (.., query) in &mut page.languages {
            query.insert_str(0, &address);
        }
        let lens = ViewContext { page: &page, now: visit.now, veil: Masking { is_lifted: over.reveal } };
        let name = name_of(lens, known);
        let title = name.clone();
        Ok(Self {
            actions: ActionPanel::of(&page, staff, known, &over.typed),
            staff: staff.clone(),
            player: known.id().to_string(),
            address,
            is_disabled: known.is_disabled(),
            is_revealed: over.reveal,
            gist: PlayerSummaryView::of(lens, known),
            identity: identity(lens, known),
            ways_in: ways_in(lens, known),
            link: LinkPanelView::of(lens, visit, known),
            former: ShownPlayer::of(&known.former, |link| former(lens, link)),
            browsers: known.sessions.iter().map(|session| tables::browser(lens, session)).collect(),
            games: known.games.iter().map(|session| tables::game(lens, session)).collect(),
            devices: ShownPlayer::of(&known.devices, |device| tables::device(lens, device)),
            mails: ShownPlayer::of(&known.mails, |letter| tables::letter(lens, letter)),
            notes: ShownPlayer::of(&known.notes, |note| tables::note(lens, names, note)),
            timeline: TimelineView::of(lens, known.id(), asked, &known.records, names),
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
    reference: String,
    way: Option<(String, String)>,
}

impl ViewQuotaPage {
    pub(super) fn new(visit: &RequestContext) -> Result<Self, PageError> {
        let page = Page::new(visit, "notice-staff-looks-title", "home")?;
        let way = (urls::SUPPORT.to_owned(), page.t("error-way-home"));
        let (title, body) = (page.title.clone(), page.t("notice-staff-looks-body"));
        Ok(Self { page, code: "throttled", title, body, reference: String::new(), way: Some(way) })
    }
}
