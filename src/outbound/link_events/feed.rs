//! Reads the feed page by page.

use crate::app::App;
use crate::outbound::link_events::model::LinkEvent;
use crate::outbound::link_events::store;
use crate::platform::fault::Stop;

/// Events in order, and the position after which the next page begins.
#[derive(Debug)]
pub struct FeedPage {
    pub events: Vec<LinkEvent>,
    /// The `after` of the next request; unchanged if there is nothing new.
    pub next: i64,
    /// Whether more events wait beyond this page.
    pub has_more: bool,
}

/// Why a cursor is not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CursorRefused {
    /// Events after it are no longer kept. The reader may have missed some and must read the links afresh.
    TooOld,
    /// The feed has not reached it: the cursor comes from another database.
    Unknown,
}

/// At most `limit` events after the position `after`; without it, from the oldest kept event on.
pub async fn read_feed(app: &App, after: Option<i64>, limit: i64) -> Result<FeedPage, Stop<CursorRefused>> {
    let from = after.unwrap_or_default();
    let (newest, next_of, mut events) = app
        .db
        .read(move |conn| {
            // The counter is read first: an event that is then missing from the page has been swept.
            let (newest, next_of) = store::newest_and_next(conn, from)?;
            Ok((newest, next_of, store::read_events(conn, from, limit.saturating_add(1))?))
        })
        .await?;
    if from > newest {
        return Err(Stop::Refused(CursorRefused::Unknown));
    }
    let is_whole = match events.first() {
        Some(first) => first.position == next_of + 1,
        None => next_of == newest,
    };
    if after.is_some() && !is_whole {
        return Err(Stop::Refused(CursorRefused::TooOld));
    }
    let fits = usize::try_from(limit).unwrap_or_default();
    let has_more = events.len() > fits;
    events.truncate(fits);
    let next = events.last().map_or(newest, |last| last.position);
    Ok(FeedPage { events, next, has_more })
}
