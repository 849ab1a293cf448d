//! Queries on attempts. Each row is claimed, moved and spent by conditional writes.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::links::model::{Attempt, Purpose, Stage};
use crate::platform::db::schema::link_attempts;
use crate::platform::db::{Conn, UtcTime, columns_of};
use crate::platform::ids::{AttemptId, PlayerId, SessionId};

/// An attempt to be inserted.
#[derive(Clone)]
pub(in crate::links) struct NewAttempt {
    pub id: AttemptId,
    pub state_hash: String,
    pub purpose: Purpose,
    pub browser_hash: String,
    pub session: Option<SessionId>,
    pub player: Option<PlayerId>,
    pub verifier_sealed: Vec<u8>,
    pub next: Option<String>,
    pub at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
}

/// Who may continue an attempt: the browser that began it and, except for sign-in, the same session.
#[derive(Clone)]
pub(in crate::links) struct AttemptOwner {
    pub browser_hash: String,
    pub session: Option<SessionId>,
    pub player: Option<PlayerId>,
}

/// Inserts an attempt. Of more than `open` attempts of one browser the oldest are deleted.
pub(in crate::links) fn insert_attempt(conn: &mut Conn, new: &NewAttempt, open: u32) -> QueryResult<()> {
    use link_attempts::dsl;
    let surplus: Vec<AttemptId> = dsl::link_attempts
        .filter(dsl::browser_hash.eq(&new.browser_hash))
        .order((dsl::created_at.desc(), dsl::id.desc()))
        .offset(i64::from(open).max(1) - 1)
        .limit(i64::from(u32::MAX))
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::link_attempts.filter(dsl::id.eq_any(surplus))).execute(conn)?;
    diesel::insert_into(dsl::link_attempts)
        .values((
            dsl::id.eq(&new.id),
            dsl::state_hash.eq(&new.state_hash),
            dsl::purpose.eq(new.purpose),
            dsl::stage.eq(Stage::Begun),
            dsl::browser_hash.eq(&new.browser_hash),
            dsl::session_id.eq(new.session.as_ref()),
            dsl::player_id.eq(new.player.as_ref()),
            dsl::verifier_sealed.eq(Some(&new.verifier_sealed)),
            dsl::next.eq(new.next.as_deref()),
            dsl::created_at.eq(UtcTime::from(new.at)),
            dsl::expires_at.eq(UtcTime::from(new.expires_at)),
        ))
        .execute(conn)
        .map(drop)
}

/// Claims the attempt with this state, once. A second claim finds nothing (S42).
pub(in crate::links) fn claim_attempt(
    conn: &mut Conn,
    state_hash: &str,
    owner: &AttemptOwner,
    now: DateTime<Utc>,
) -> QueryResult<Option<Attempt>> {
    use link_attempts::dsl;
    let theirs = dsl::link_attempts
        .filter(dsl::state_hash.eq(state_hash))
        .filter(dsl::stage.eq(Stage::Begun))
        .filter(dsl::browser_hash.eq(&owner.browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::session_id.eq(session_or_none(owner)).assume_not_null()),
        )
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::player_id.eq(player_or_none(owner)).assume_not_null()),
        );
    diesel::update(theirs)
        .set(dsl::stage.eq(Stage::Claimed))
        .returning(columns_of::<Attempt>())
        .get_result(conn)
        .optional()
}

/// A visitor has no session, and no row has the empty id.
fn session_or_none(owner: &AttemptOwner) -> SessionId {
    owner.session.clone().unwrap_or_else(|| SessionId::from(String::new()))
}

fn player_or_none(owner: &AttemptOwner) -> PlayerId {
    owner.player.clone().unwrap_or_else(|| PlayerId::from(String::new()))
}

/// Stores the returned identity, for the page that asks next. False if the attempt is gone.
///
/// `opens` is the player whom a sign-in is going to open. Acts that end all that a player has open then end the
/// attempt too.
pub(in crate::links) fn store_identity(
    conn: &mut Conn,
    id: &AttemptId,
    stage: Stage,
    (amazon_id, sealed): (&str, &[u8]),
    opens: Option<&PlayerId>,
) -> QueryResult<bool> {
    use link_attempts::dsl;
    let claimed = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(Stage::Claimed));
    let rows = diesel::update(claimed)
        .set((
            dsl::stage.eq(stage),
            dsl::amazon_id.eq(Some(amazon_id)),
            dsl::identity_sealed.eq(Some(sealed)),
            dsl::verifier_sealed.eq(None::<Vec<u8>>),
            opens.map(|player| dsl::player_id.eq(Some(player))),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Stores the hash of a mailed code in place of an earlier one. False if the attempt is gone.
pub(in crate::links) fn store_code(
    conn: &mut Conn,
    id: &AttemptId,
    stage: Stage,
    code_hash: &str,
) -> QueryResult<bool> {
    use link_attempts::dsl;
    let here = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(stage));
    Ok(diesel::update(here).set(dsl::code_hash.eq(Some(code_hash))).execute(conn)? == 1)
}

/// The attempt of a page, if it is at `stage` and, as in [`claim_attempt`], belongs to the bearer (S41).
pub(in crate::links) fn find_attempt(
    conn: &mut Conn,
    id: &AttemptId,
    stage: Stage,
    owner: &AttemptOwner,
    now: DateTime<Utc>,
) -> QueryResult<Option<Attempt>> {
    use link_attempts::dsl;
    dsl::link_attempts
        .filter(dsl::id.eq(id))
        .filter(dsl::stage.eq(stage))
        .filter(dsl::browser_hash.eq(&owner.browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::session_id.eq(session_or_none(owner)).assume_not_null()),
        )
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::player_id.eq(player_or_none(owner)).assume_not_null()),
        )
        .select(Attempt::as_select())
        .first(conn)
        .optional()
}

/// Moves an attempt from one stage to another. False if it is gone, or at another stage.
pub(in crate::links) fn advance_attempt(
    conn: &mut Conn,
    id: &AttemptId,
    from: Stage,
    to: Stage,
) -> QueryResult<bool> {
    use link_attempts::dsl;
    let here = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(from));
    Ok(diesel::update(here).set(dsl::stage.eq(to)).execute(conn)? == 1)
}

/// Counts a password try before it is checked. Returns the new count, or `None` if the attempt is gone.
pub(in crate::links) fn count_try(conn: &mut Conn, id: &AttemptId) -> QueryResult<Option<i64>> {
    use link_attempts::dsl;
    diesel::update(dsl::link_attempts.filter(dsl::id.eq(id)))
        .set(dsl::tries.eq(dsl::tries + 1))
        .returning(dsl::tries)
        .get_result(conn)
        .optional()
}

/// Spends an attempt at `stage`. False if another request did (S42).
pub(in crate::links) fn spend_attempt(conn: &mut Conn, id: &AttemptId, stage: Stage) -> QueryResult<bool> {
    use link_attempts::dsl;
    let here = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(stage));
    Ok(diesel::delete(here).execute(conn)? == 1)
}

/// Deletes every open attempt of a player, because the facts it was begun for have changed.
pub(in crate::links) fn delete_attempts_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    use link_attempts::dsl;
    diesel::delete(dsl::link_attempts.filter(dsl::player_id.eq(player))).execute(conn).map(drop)
}

/// Deletes at most `limit` expired attempts. Returns the number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    use link_attempts::dsl;
    let over: Vec<String> = dsl::link_attempts
        .filter(dsl::expires_at.le(UtcTime::from(now)))
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    diesel::delete(dsl::link_attempts.filter(dsl::id.eq_any(over))).execute(conn)
}
