//! Queries of the feed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::outbound::link_events::model::{EventId, LinkEvent, NewLinkEvent};
use crate::outbound::link_events::outbox::enqueue_deliveries;
use crate::platform::db::schema::{link_event_counter, link_events};
use crate::platform::db::{Conn, UtcTime};

/// Records the event and its deliveries to every endpoint that wants it, in the caller's transaction.
///
/// Call it last. It locks the counter's row until the commit, so positions follow commits. A transaction that locks
/// other rows afterwards could deadlock.
pub fn record_event(conn: &mut Conn, event: &NewLinkEvent) -> QueryResult<()> {
    use link_events::dsl;
    let position = take_position(conn)?;
    diesel::insert_into(dsl::link_events)
        .values((
            dsl::position.eq(position),
            dsl::id.eq(EventId::new(event.at)),
            dsl::kind.eq(event.kind),
            dsl::at.eq(UtcTime::from(event.at)),
            dsl::player_id.eq(&event.player),
            dsl::actor.eq(event.actor),
            dsl::cause.eq(event.cause),
        ))
        .execute(conn)?;
    enqueue_deliveries(conn, event.kind, position, event.at)
}

/// The next position. Its row stays locked until this transaction ends.
fn take_position(conn: &mut Conn) -> QueryResult<i64> {
    use link_event_counter::dsl;
    diesel::update(dsl::link_event_counter)
        .set(dsl::position.eq(dsl::position + 1))
        .returning(dsl::position)
        .get_result(conn)
}

/// Moves the feed on, because a lost database may have given later positions. No event gets the skipped ones.
pub fn jump(conn: &mut Conn, by: i64) -> QueryResult<()> {
    use link_event_counter::dsl;
    diesel::update(dsl::link_event_counter)
        .set((
            dsl::position.eq(dsl::position + by),
            dsl::jumped_from.eq(dsl::position.nullable()),
            dsl::jumped_to.eq((dsl::position + by).nullable()),
        ))
        .execute(conn)
        .map(drop)
}

/// Keeps new events out until this transaction ends, for changes of endpoints or of the feed.
pub(in crate::outbound) fn lock_feed(conn: &mut Conn) -> QueryResult<i64> {
    use link_event_counter::dsl;
    diesel::update(dsl::link_event_counter)
        .set(dsl::position.eq(dsl::position))
        .returning(dsl::position)
        .get_result(conn)
}

/// The position of the newest event, and after which position the feed goes on for whoever has read up to `after`.
///
/// That is `after` itself, but for the place where a restore has left positions out.
pub(super) fn newest_and_next(conn: &mut Conn, after: i64) -> QueryResult<(i64, i64)> {
    use link_event_counter::dsl;
    let (newest, from, to): (i64, Option<i64>, Option<i64>) =
        dsl::link_event_counter.select((dsl::position, dsl::jumped_from, dsl::jumped_to)).first(conn)?;
    let is_there = from == Some(after);
    Ok((newest, to.filter(|_| is_there).unwrap_or(after)))
}

/// At most `limit` events after this position, in order.
pub(super) fn read_events(conn: &mut Conn, after: i64, limit: i64) -> QueryResult<Vec<LinkEvent>> {
    link_events::table
        .filter(link_events::position.gt(after))
        .order(link_events::position)
        .limit(limit)
        .select(LinkEvent::as_select())
        .load(conn)
}

/// Removes at most `limit` events from before this instant, with their deliveries. Returns how many.
///
/// It goes from the oldest and stops at the first younger event, so the kept events have no gaps.
pub fn sweep(conn: &mut Conn, kept_from: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    use link_events::dsl;
    let kept_from = UtcTime::from(kept_from);
    let oldest: Vec<(i64, UtcTime)> =
        dsl::link_events.order(dsl::position).limit(limit).select((dsl::position, dsl::at)).load(conn)?;
    let Some((last, _)) = oldest.into_iter().take_while(|(_, at)| *at < kept_from).last() else {
        return Ok(0);
    };
    // A replay of events locks the same row.
    lock_feed(conn)?;
    diesel::delete(dsl::link_events.filter(dsl::position.le(last))).execute(conn)
}
