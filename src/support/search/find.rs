//! Looks a text up in every way it stands for, and leaves a record of having looked.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::audit::{self, Kind};
use crate::platform::crypto::keys::Lookup;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::fault::Fault;
use crate::platform::ids::PlayerId;
use crate::support::audit_entry::record;
use crate::support::search::list::{self, Onward, Place};
use crate::support::search::model::{Question, Way};
use crate::support::search::store::{self, Card};
use crate::web::{StaffViewer, Visit};

/// Players whose former link held one identity. More is no history of a person, and there is no way to narrow it.
const FORMER_OWNERS: i64 = 20;

/// Who was found, in the order to show them.
#[derive(Debug)]
pub(super) struct Found {
    pub hits: Vec<Hit>,
    pub onward: Onward,
}

/// A player, and why.
#[derive(Debug)]
pub(super) struct Hit {
    pub card: Card,
    pub because: Vec<Because>,
}

/// One reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Because {
    pub way: Way,
    /// When the former link ended.
    pub until: Option<DateTime<Utc>>,
}

/// The page of players behind `after`, with whoever was meant exactly on the first one, and the record of it.
pub(super) async fn find(
    visit: &Visit,
    viewer: &StaffViewer,
    question: Question,
    after: Option<Place>,
) -> Result<Found, Fault> {
    let asked = question.ways();
    let lookup = &visit.app.keys.lookup;
    let former = question.amazon_id.as_ref().map(|id| lookup.hash(Lookup::FormerIdentity, id));
    let found =
        visit.app.db.read(move |conn| look_up(conn, &question, former.as_deref(), after.as_ref())).await?;
    // What was typed may be somebody's address, so it is not on record; which ways and how many are.
    let event = record(visit, viewer, Kind::PlayersSearched)
        .with(json!({ "asked": asked, "found": found.hits.len() }));
    visit.app.db.write(move |conn| Ok::<_, Fault>(audit::append(conn, &event)?)).await?;
    Ok(found)
}

fn look_up(
    conn: &mut Conn,
    question: &Question,
    former: Option<&str>,
    after: Option<&Place>,
) -> QueryResult<Found> {
    let exact = exact(conn, question, former)?;
    let (places, onward) = match &question.names {
        Some(names) => {
            let reach = i64::try_from(list::reach(after)).unwrap_or(i64::MAX);
            list::page(store::by_name(conn, names, reach)?, after)
        }
        None => (Vec::new(), Onward::Nothing),
    };
    // Whoever was meant exactly stands on the first page, and on no other.
    let is_exact = |id: &str| exact.iter().any(|(player, _)| player.as_str() == id);
    let named = places
        .into_iter()
        .filter(|place| !is_exact(&place.id))
        .map(|place| (PlayerId::from(place.id), vec![Because::of(Way::DisplayName)]));
    let shown: Vec<(PlayerId, Vec<Because>)> = match after {
        None => exact.iter().cloned().chain(named).collect(),
        Some(_) => named.collect(),
    };
    let ids: Vec<PlayerId> = shown.iter().map(|(player, _)| player.clone()).collect();
    let mut cards = store::cards(conn, &ids)?;
    let hits = shown.into_iter().filter_map(|(player, because)| hit(question, &mut cards, &player, because));
    Ok(Found { hits: hits.collect(), onward })
}

/// Players who were meant, and in which ways; each once, in the order of the ways.
fn exact(
    conn: &mut Conn,
    question: &Question,
    former: Option<&str>,
) -> QueryResult<Vec<(PlayerId, Vec<Because>)>> {
    let mut found: Vec<(PlayerId, Vec<Because>)> = Vec::new();
    let mut note = |player: PlayerId, because: Because| match found.iter_mut().find(|(id, _)| *id == player) {
        Some((_, reasons)) => reasons.push(because),
        None => found.push((player, vec![because])),
    };
    // Whether there is such a player, their card will tell.
    if let Some(player) = &question.player {
        note(player.clone(), Because::of(Way::PlayerId));
    }
    if let Some(amazon_id) = &question.amazon_id
        && let Some(player) = store::by_amazon_id(conn, amazon_id)?
    {
        note(player, Because::of(Way::AmazonId));
    }
    if let Some(hash) = former {
        for (player, until) in store::by_former_identity(conn, hash, FORMER_OWNERS)? {
            note(player, Because { way: Way::FormerAmazonId, until: Some(until) });
        }
    }
    if let Some(key) = &question.email_key
        && let Some(player) = store::by_email(conn, key)?
    {
        note(player, Because::of(Way::Email));
    }
    if let Some(key) = &question.user_name_key
        && let Some(player) = store::by_user_name(conn, key)?
    {
        note(player, Because::of(Way::UserName));
    }
    Ok(found)
}

/// Nobody, if the player is gone meanwhile.
fn hit(
    question: &Question,
    cards: &mut HashMap<PlayerId, Card>,
    player: &PlayerId,
    mut because: Vec<Because>,
) -> Option<Hit> {
    let card = cards.remove(player)?;
    let is_named = question.names.as_ref().is_some_and(|names| names.hold(&card.display_name_key));
    let by_name = Because::of(Way::DisplayName);
    if is_named && !because.contains(&by_name) {
        because.push(by_name);
    }
    Some(Hit { card, because })
}

impl Because {
    fn of(way: Way) -> Self {
        Self { way, until: None }
    }
}
