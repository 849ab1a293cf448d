//! Reading the feed, page by page.

use crate::app::App;
use crate::outbound::link_events::model::LinkEvent;
use crate::outbound::link_events::store;
use crate::platform::fault::Stop;

/// Events in order, and where to go on.
#[derive(Debug)]
pub struct FeedPage {
    pub events: Vec<LinkEvent>,
    /// Give this as `after` next time; the same as before where nothing is new.
    pub next: i64,
    /// Whether there was more than fitted on the page.
    pub has_more: bool,
}

/// Why a cursor leads nowhere.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorRefused {
    /// What came after it is no longer kept: the reader may have missed something and must look afresh.
    TooOld,
    /// The feed has not come that far: a cursor of another database.
    Unknown,
}

/// At most `limit` events after the position `after`; from the oldest kept one without it.
pub async fn read(app: &App, after: Option<i64>, limit: i64) -> Result<FeedPage, Stop<CursorRefused>> {
    let from = after.unwrap_or_default();
    let (came_to, mut events) = app
        .db
        .read(move |conn| {
            // In this order: what is missing from a page that is read later than the counter has been swept.
            let came_to = store::position(conn)?;
            Ok((came_to, store::page(conn, from, limit.saturating_add(1))?))
        })
        .await?;
    if from > came_to {
        return Err(Stop::Refused(CursorRefused::Unknown));
    }
    let is_whole = match events.first() {
        Some(first) => first.position == from + 1,
        None => from == came_to,
    };
    if after.is_some() && !is_whole {
        return Err(Stop::Refused(CursorRefused::TooOld));
    }
    let fits = usize::try_from(limit).unwrap_or_default();
    let has_more = events.len() > fits;
    events.truncate(fits);
    let next = events.last().map_or(came_to, |last| last.position);
    Ok(FeedPage { events, next, has_more })
}
