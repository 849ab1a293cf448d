//! Runs a search in every way that the text can be read, and records it.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Kind};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::support::search::list::{self, ListPosition, NextPage};
use crate::support::search::model::{SearchQuestion, Way};
use crate::support::search::store::{self, PlayerCard};
use crate::web::{CurrentStaffMember, RequestContext};

/// The most players found by one former identity; more would not be the history of one person.
const FORMER_OWNERS: i64 = 20;

/// The players found, in the order of display.
#[derive(Debug)]
pub(super) struct SearchHits {
    pub hits: Vec<SearchHit>,
    pub onward: NextPage,
}

/// A player, and every reason for the match.
#[derive(Debug)]
pub(super) struct SearchHit {
    pub card: PlayerCard,
    pub because: Vec<MatchReason>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct MatchReason {
    pub way: Way,
    /// When the former link ended.
    pub until: Option<DateTime<Utc>>,
}

/// The page of names after `after`, with the exact matches on the first page; the search is recorded.
pub(super) async fn find_players(
    context: &RequestContext,
    staff_member: &CurrentStaffMember,
    question: SearchQuestion,
    after: Option<ListPosition>,
) -> Result<SearchHits, Fault> {
    let asked = question.ways();
    let lookup = &context.app.keys.lookup;
    let former = question.amazon_id.as_ref().map(|id| lookup.hash(LookupPurpose::FormerIdentity, id));
    let found =
        context.app.db.read(move |conn| look_up(conn, &question, former.as_deref(), after.as_ref())).await?;
    // The typed text may be a person's address. So the record has only the ways and the number of hits.
    let event = context
        .staff_event(staff_member, Kind::PlayersSearched)
        .with(json!({ "asked": asked, "found": found.hits.len() }));
    audit::write_event(&context.app.db, event).await?;
    Ok(found)
}

fn look_up(
    conn: &mut Conn,
    question: &SearchQuestion,
    former: Option<&str>,
    after: Option<&ListPosition>,
) -> QueryResult<SearchHits> {
    let exact = find_exact(conn, question, former)?;
    let (places, onward) = match &question.names {
        Some(names) => {
            let reach = i64::try_from(list::list_from(after)).unwrap_or(i64::MAX);
            list::page(store::by_name(conn, names, reach)?, after)
        }
        None => (Vec::new(), NextPage::Nothing),
    };
    // Exact matches are on the first page, and on no other.
    let is_exact = |id: &str| exact.iter().any(|(player, _)| player.as_str() == id);
    let named = places
        .into_iter()
        .filter(|place| !is_exact(&place.id))
        .map(|place| (PlayerId::from(place.id), vec![MatchReason::of(Way::DisplayName)]));
    let shown: Vec<(PlayerId, Vec<MatchReason>)> = match after {
        None => exact.iter().cloned().chain(named).collect(),
        Some(_) => named.collect(),
    };
    let ids: Vec<PlayerId> = shown.iter().map(|(player, _)| player.clone()).collect();
    let mut cards = store::cards(conn, &ids)?;
    let hits = shown.into_iter().filter_map(|(player, because)| hit(question, &mut cards, &player, because));
    Ok(SearchHits { hits: hits.collect(), onward })
}

/// The exact matches, each once, in the order of the ways.
fn find_exact(
    conn: &mut Conn,
    question: &SearchQuestion,
    former: Option<&str>,
) -> QueryResult<Vec<(PlayerId, Vec<MatchReason>)>> {
    let mut found: Vec<(PlayerId, Vec<MatchReason>)> = Vec::new();
    let mut note =
        |player: PlayerId, because: MatchReason| match found.iter_mut().find(|(id, _)| *id == player) {
            Some((_, reasons)) => reasons.push(because),
            None => found.push((player, vec![because])),
        };
    // A player who does not exist has no card, and is dropped with it.
    if let Some(player) = &question.player {
        note(player.clone(), MatchReason::of(Way::PlayerId));
    }
    if let Some(amazon_id) = &question.amazon_id
        && let Some(player) = store::by_amazon_id(conn, amazon_id)?
    {
        note(player, MatchReason::of(Way::AmazonId));
    }
    if let Some(hash) = former {
        for (player, until) in store::by_former_identity(conn, hash, FORMER_OWNERS)? {
            note(player, MatchReason { way: Way::FormerAmazonId, until: Some(until) });
        }
    }
    if let Some(key) = &question.email_key
        && let Some(player) = store::by_email(conn, key)?
    {
        note(player, MatchReason::of(Way::Email));
    }
    if let Some(key) = &question.user_name_key
        && let Some(player) = store::by_user_name(conn, key)?
    {
        note(player, MatchReason::of(Way::UserName));
    }
    Ok(found)
}

/// `None` if the player was deleted meanwhile.
fn hit(
    question: &SearchQuestion,
    cards: &mut HashMap<PlayerId, PlayerCard>,
    player: &PlayerId,
    mut because: Vec<MatchReason>,
) -> Option<SearchHit> {
    let card = cards.remove(player)?;
    let is_named = question.names.as_ref().is_some_and(|names| names.hold(&card.display_name_key));
    let by_name = MatchReason::of(Way::DisplayName);
    if is_named && !because.contains(&by_name) {
        because.push(by_name);
    }
    Some(SearchHit { card, because })
}

impl MatchReason {
    fn of(way: Way) -> Self {
        Self { way, until: None }
    }
}
