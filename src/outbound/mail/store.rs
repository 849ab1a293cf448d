//! Queries of the outbox.
//!
//! The next attempt of a leased mail is the end of its lease ([`Lease`]).

use chrono::{DateTime, TimeDelta, Utc};
use diesel::prelude::*;

use crate::outbound::mail::message::{Kind, MailMessage, place_of_body};
use crate::platform::db::schema::mails::{self, dsl};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::PlayerId;
use crate::platform::jobs::lease::Lease;
use crate::sealed_column;

/// The sealed columns of this table.
pub const SEALED: &[SealedColumn] = &[sealed_column!(mails.body_sealed, |id| place_of_body(&id))];

/// How long mails are kept, whatever their outcome.
const KEPT: TimeDelta = TimeDelta::days(30);
/// How long the mail about an erased account is kept. Longer than it is worth sending.
const LAST_MAIL_KEPT: TimeDelta = TimeDelta::hours(25);

/// A mail that only this worker may send now.
#[derive(Queryable, Selectable)]
#[diesel(table_name = mails)]
pub(super) struct ClaimedMail {
    pub id: String,
    pub kind: Kind,
    pub recipient: String,
    pub subject: String,
    #[diesel(select_expression = mails::body_sealed.assume_not_null())]
    pub body_sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
    /// Includes this attempt.
    pub attempts: i64,
}

/// A mail on the outbox page.
#[derive(Queryable, Selectable)]
#[diesel(table_name = mails)]
pub(super) struct KeptMail {
    pub id: String,
    pub kind: Kind,
    pub recipient: String,
    pub subject: String,
    #[diesel(select_expression = mails::body_sealed.assume_not_null())]
    pub body_sealed: Vec<u8>,
    pub created_at: DateTime<Utc>,
}

/// When the player was last written a mail of this kind.
pub fn last_of(conn: &mut Conn, player: &PlayerId, kind: Kind) -> QueryResult<Option<DateTime<Utc>>> {
    dsl::mails
        .filter(dsl::player_id.eq(player))
        .filter(dsl::kind.eq(kind))
        .order(dsl::id.desc())
        .select(dsl::created_at)
        .first(conn)
        .optional()
}

/// Puts the mail into the outbox, in the caller's transaction. Does nothing if there is none.
pub fn enqueue<'a>(conn: &mut Conn, message: impl Into<Option<&'a MailMessage>>) -> QueryResult<()> {
    let Some(message) = message.into() else { return Ok(()) };
    let at = UtcTime::from(message.created_at);
    diesel::insert_into(dsl::mails)
        .values((
            dsl::id.eq(&message.id),
            dsl::player_id.eq(message.player.as_ref()),
            dsl::kind.eq(message.kind),
            dsl::recipient.eq(&message.recipient),
            dsl::subject.eq(&message.subject),
            dsl::body_sealed.eq(Some(&message.body_sealed)),
            dsl::next_attempt_at.eq(at),
            dsl::created_at.eq(at),
        ))
        .execute(conn)
        .map(drop)
}

/// The ids of due mails: codes, then links to get in again, then the others; in each, longest waiting first.
pub(super) fn due(conn: &mut Conn, lease: &Lease, limit: i64) -> QueryResult<Vec<String>> {
    let urgent = [Kind::CODES, Kind::LINKS].concat();
    let others: Vec<Kind> = Kind::ALL.iter().copied().filter(|kind| !urgent.contains(kind)).collect();
    let mut due = Vec::new();
    for kinds in [Kind::CODES, Kind::LINKS, &others] {
        let left = limit - i64::try_from(due.len()).unwrap_or(limit);
        if left > 0 {
            due.extend(due_of_kinds(conn, kinds, lease, left)?);
        }
    }
    Ok(due)
}

/// A mail waits for an earlier one of these kinds to the same address, so that the newest code comes last.
fn due_of_kinds(conn: &mut Conn, kinds: &[Kind], lease: &Lease, limit: i64) -> QueryResult<Vec<String>> {
    let earlier = diesel::alias!(mails as earlier);
    let is_earlier = earlier
        .field(dsl::created_at)
        .lt(dsl::created_at)
        .or(earlier.field(dsl::created_at).eq(dsl::created_at).and(earlier.field(dsl::id).lt(dsl::id)));
    let waits_for = earlier
        .filter(earlier.field(dsl::recipient).eq(dsl::recipient))
        .filter(earlier.field(dsl::kind).eq_any(kinds))
        .filter(earlier.field(dsl::sent_at).is_null())
        .filter(earlier.field(dsl::failed_at).is_null())
        .filter(is_earlier);
    dsl::mails
        .filter(dsl::sent_at.is_null())
        .filter(dsl::failed_at.is_null())
        .filter(dsl::kind.eq_any(kinds))
        .filter(lease.is_free(dsl::lease, dsl::next_attempt_at.nullable()))
        .filter(diesel::dsl::not(diesel::dsl::exists(waits_for)))
        .order(dsl::next_attempt_at)
        .limit(limit)
        .select(dsl::id)
        .load(conn)
}

/// Claims one mail. `None` if another worker was quicker.
pub(super) fn claim(conn: &mut Conn, id: &str, lease: &Lease) -> QueryResult<Option<ClaimedMail>> {
    let open = dsl::mails
        .filter(dsl::id.eq(id))
        .filter(dsl::sent_at.is_null())
        .filter(dsl::failed_at.is_null())
        .filter(lease.is_free(dsl::lease, dsl::next_attempt_at.nullable()));
    diesel::update(open)
        .set((
            dsl::lease.eq(Some(&lease.owner)),
            dsl::attempts.eq(dsl::attempts + 1),
            dsl::next_attempt_at.eq(UtcTime::from(lease.until)),
        ))
        .returning(columns_of::<ClaimedMail>())
        .get_result(conn)
        .optional()
}

/// Records that the mail was sent and deletes its text. False if the lease had ended.
pub(super) fn record_sent(conn: &mut Conn, id: &str, lease: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let mine = dsl::mails.filter(dsl::id.eq(id)).filter(dsl::lease.eq(lease));
    let rows = diesel::update(mine)
        .set((
            dsl::sent_at.eq(Some(UtcTime::from(at))),
            dsl::body_sealed.eq(None::<Vec<u8>>),
            dsl::lease.eq(None::<String>),
        ))
        .execute(conn)?;
    delete_erasure_notice(conn, id)?;
    Ok(rows == 1)
}

/// Deletes the mail about an erased account once it is done, so that no trace of its reader stays (S130).
fn delete_erasure_notice(conn: &mut Conn, id: &str) -> QueryResult<()> {
    let done = dsl::mails
        .filter(dsl::id.eq(id))
        .filter(dsl::kind.eq(Kind::AccountErased))
        .filter(dsl::sent_at.is_not_null().or(dsl::failed_at.is_not_null()));
    diesel::delete(done).execute(conn).map(drop)
}

/// Records that the mail will never be sent and deletes its text. False if the lease had ended.
pub(super) fn record_failed(conn: &mut Conn, id: &str, lease: &str, at: DateTime<Utc>) -> QueryResult<bool> {
    let mine = dsl::mails.filter(dsl::id.eq(id)).filter(dsl::lease.eq(lease));
    let rows = diesel::update(mine)
        .set((
            dsl::failed_at.eq(Some(UtcTime::from(at))),
            dsl::body_sealed.eq(None::<Vec<u8>>),
            dsl::lease.eq(None::<String>),
        ))
        .execute(conn)?;
    delete_erasure_notice(conn, id)?;
    Ok(rows == 1)
}

/// Schedules another attempt. False if the lease had ended.
pub(super) fn record_deferred(
    conn: &mut Conn,
    id: &str,
    lease: &str,
    until: DateTime<Utc>,
) -> QueryResult<bool> {
    let mine = dsl::mails.filter(dsl::id.eq(id)).filter(dsl::lease.eq(lease));
    let rows = diesel::update(mine)
        .set((dsl::next_attempt_at.eq(UtcTime::from(until)), dsl::lease.eq(None::<String>)))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The mails that wait in the outbox.
pub struct WaitingMail {
    /// Counted up to [`COUNTED`].
    pub count: usize,
    /// When the oldest of those was written.
    pub oldest: Option<DateTime<Utc>>,
}

/// An outbox with more mails than this is in trouble, and the exact number does not matter.
const COUNTED: i64 = 10_000;

/// How many mails wait, and since when. Reads no row of a mail that is done.
pub fn waiting(conn: &mut Conn) -> QueryResult<WaitingMail> {
    let open = dsl::mails.filter(dsl::sent_at.is_null()).filter(dsl::failed_at.is_null());
    let written: Vec<DateTime<Utc>> =
        open.order(dsl::next_attempt_at).limit(COUNTED).select(dsl::created_at).load(conn)?;
    Ok(WaitingMail { count: written.len(), oldest: written.into_iter().min() })
}

/// The newest mails that still have their text.
pub(super) fn newest(conn: &mut Conn, limit: i64) -> QueryResult<Vec<KeptMail>> {
    dsl::mails
        .filter(dsl::body_sealed.is_not_null())
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(limit)
        .select(KeptMail::as_select())
        .load(conn)
}

/// A mail as support sees it: kind and outcome, never its text.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = mails)]
pub struct MailSummary {
    pub kind: Kind,
    pub recipient: String,
    pub created_at: DateTime<Utc>,
    pub sent_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub attempts: i64,
    /// The time of the next attempt, if the mail still waits.
    pub next_attempt_at: DateTime<Utc>,
}

/// The newest kept mails to a player, at most `limit`.
pub fn of_player(conn: &mut Conn, player: &PlayerId, limit: i64) -> QueryResult<Vec<MailSummary>> {
    dsl::mails
        .filter(dsl::player_id.eq(player))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .limit(limit)
        .select(MailSummary::as_select())
        .load(conn)
}

/// Removes at most `limit` mails older than 30 days, sent or not. Returns how many.
///
/// Mails about erased accounts are removed after 25 hours.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let over: Vec<String> = dsl::mails
        .filter(dsl::created_at.le(UtcTime::from(now - KEPT)).or(
            dsl::kind.eq(Kind::AccountErased).and(dsl::created_at.le(UtcTime::from(now - LAST_MAIL_KEPT))),
        ))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::mails.filter(dsl::id.eq_any(over))).execute(conn)
}
