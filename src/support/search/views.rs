//! View models of the search, with personal data masked (S121).

use askama::Template;
use chrono::{DateTime, Utc};

use crate::links::LinkState;
use crate::support::mask;
use crate::support::search::find::{MatchReason, SearchHit, SearchHits};
use crate::support::search::forms::address;
use crate::support::search::list::NextPage;
use crate::support::search::model::Way;
use crate::web::page::ShownTime;
use crate::web::{Page, PageError, RequestContext, urls};

/// `/support/players`.
#[derive(Template)]
#[template(path = "support/search.html")]
pub(super) struct SearchPage {
    pub page: Page,
    /// The typed text.
    pub q: String,
    pub results: Option<SearchResults>,
}

pub(super) struct SearchResults {
    /// The number of hits, in words.
    pub heading: String,
    pub rows: Vec<SearchRow>,
    /// What else a player could quote, where nobody was found: its name and a hint.
    pub ways: Vec<(String, String)>,
    pub next: Option<String>,
    pub first: Option<String>,
    pub is_capped: bool,
}

/// A player; an absent value is empty.
pub(super) struct SearchRow {
    pub way: String,
    pub id: String,
    pub name: String,
    pub user_name: String,
    pub email: String,
    pub amazon_id: String,
    pub link: SearchStanding,
    pub disabled: Option<ShownTime>,
    pub since: ShownTime,
    /// The reasons for the match, with the end of a former link.
    pub because: Vec<(String, Option<ShownTime>)>,
}

/// The state of a link, its message and sign, and since when.
pub(super) struct SearchStanding {
    pub state: &'static str,
    pub words: &'static str,
    pub sign: &'static str,
    pub since: Option<ShownTime>,
}

impl SearchPage {
    /// The form without results.
    pub(super) fn empty(context: &RequestContext, q: &str) -> Result<Self, PageError> {
        Ok(Self { page: Page::new(context, "desk-heading", "home")?, q: q.to_owned(), results: None })
    }

    /// The form with results.
    pub(super) fn new(
        context: &RequestContext,
        q: &str,
        found: SearchHits,
        is_first: bool,
    ) -> Result<Self, PageError> {
        let mut shown = Self::empty(context, q)?;
        let page = &shown.page;
        let next = match &found.onward {
            NextPage::Page(place) => Some(address(q, Some(place))),
            NextPage::Nothing | NextPage::Capped => None,
        };
        let is_whole = is_first && found.onward == NextPage::Nothing;
        let heading = match found.hits.len() {
            0 if is_first => page.t("search-nobody"),
            0 => page.t("search-no-more"),
            count => {
                let count = i64::try_from(count).unwrap_or(i64::MAX);
                let words = match (is_first, is_whole) {
                    (_, true) => "search-found",
                    (true, false) => "search-found-first",
                    (false, false) => "search-found-more",
                };
                context.language.text_for_count(words, count)
            }
        };
        shown.results = Some(SearchResults {
            heading,
            ways: if found.hits.is_empty() && is_first { ways(page) } else { Vec::new() },
            next,
            first: (!is_first).then(|| address(q, None)),
            is_capped: found.onward == NextPage::Capped,
            rows: found.hits.into_iter().map(|hit| row(page, hit)).collect(),
        });
        Ok(shown)
    }

    /// Whether the form gets the focus.
    fn is_box_next(&self) -> bool {
        self.page.errors.is_empty() && self.results.as_ref().is_none_or(|results| results.rows.is_empty())
    }
}

/// What a player can quote; a former Amazon id is quoted like a present one.
fn ways(page: &Page) -> Vec<(String, String)> {
    let all = Way::ALL.iter().filter(|way| **way != Way::FormerAmazonId);
    all.map(|way| (word(page, *way), page.t(&format!("search-hint-{}", id_of(*way))))).collect()
}

fn row(page: &Page, SearchHit { card, because }: SearchHit) -> SearchRow {
    let since = |at: DateTime<Utc>| page.when(at);
    let masked = |text: Option<&str>, mask: fn(&str) -> String| text.map(mask).unwrap_or_default();
    let link = card.link.as_ref();
    SearchRow {
        way: urls::PLAYER.replace("{id}", card.id.as_str()),
        name: card.display_name,
        user_name: card.user_name.unwrap_or_default(),
        email: masked(card.email.as_deref(), mask::email),
        amazon_id: masked(link.map(|link| link.amazon_id.as_str()), mask::amazon_id),
        link: standing(page, link.map(|link| (link.state, link.since))),
        disabled: card.disabled_at.map(since),
        since: since(card.created_at),
        because: because.iter().map(|because| reason(page, because)).collect(),
        id: card.id.to_string(),
    }
}

fn standing(page: &Page, link: Option<(LinkState, DateTime<Utc>)>) -> SearchStanding {
    let (state, words, sign) = match link.map(|(state, _)| state) {
        None => ("none", "search-link-none", "open"),
        Some(LinkState::Active) => ("active", "search-link-active", "linked"),
        Some(LinkState::NeedsReconnect) => ("needs_reconnect", "search-link-needs-reconnect", "parted"),
        Some(LinkState::Revoked) => ("revoked", "search-link-revoked", "bad"),
    };
    SearchStanding { state, words, sign, since: link.map(|(_, since)| page.when(since)) }
}

fn reason(page: &Page, because: &MatchReason) -> (String, Option<ShownTime>) {
    (word(page, because.way), because.until.map(|until| page.when(until)))
}

fn word(page: &Page, way: Way) -> String {
    page.t(&format!("search-by-{}", id_of(way)))
}

/// The way as a part of a message id, which has hyphens.
fn id_of(way: Way) -> String {
    way.as_str().replace('_', "-")
}
