//! Queries of game sessions and their tokens.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::dsl::case_when;
use diesel::prelude::*;

use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::db::schema::{game_sessions, game_tokens, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SignedInWith;
use crate::sessions::game::model::{
    GameSession, GameSessionPlace, GameSessionSummary, NewGameSession, ResumedSession, SessionLife,
    TokenExchange,
};

/// The most tokens of one session. A game has one, and a few that it never received.
///
/// Beyond it a handshake adds none, because each token lives its own idle time (S77). A sign-in takes the place of the
/// longest unused.
const TOKENS: i64 = 20;

/// How long a session and its tokens are kept after their end by time, so that a game that presents one of them is
/// known (S16). They open nothing.
const KEPT: TimeDelta = TimeDelta::days(30);

/// Ids in one query.
const CHUNK: usize = 500;

/// Writes a sign-in of `player`: a new token in the caller's session, or a new session.
///
/// The caller's session is used if it belongs to `player` and has not ended. Sessions of others stay as they are.
pub fn sign_in_session(
    conn: &mut Conn,
    entry: &NewGameSession,
    player: &PlayerId,
) -> QueryResult<GameSession> {
    let current = entry.current.as_ref().filter(|current| current.player == *player);
    if let Some(current) = current
        && renew_session(conn, entry, current)?
    {
        add_token(conn, &current.id, &entry.token, entry.life, entry.proved_at())?;
        let proved_at = entry.proved_at().or(current.proved_at);
        let token_hash = Some(entry.token.hash().as_str().to_owned());
        return Ok(GameSession { proved_at, token_hash, last_seen_at: entry.life.at, ..current.clone() });
    }
    let session = insert_session(conn, entry, player, entry.proved_at())?;
    add_token(conn, &session.id, &entry.token, entry.life, session.proved_at)?;
    Ok(session)
}

/// Moves the acting caller into a session of its own, which only its own token opens.
///
/// All tokens of a client open one session, and a copy of an older one may be a thief's. The caller then ends every
/// other session.
pub fn separate_session(
    conn: &mut Conn,
    entry: &NewGameSession,
    acting: &GameSession,
) -> QueryResult<GameSession> {
    let device: Option<Option<String>> =
        game_sessions::table.find(&acting.id).select(game_sessions::device_id).first(conn).optional()?;
    let entry = NewGameSession { device: device.flatten(), ..entry.clone() };
    let session = insert_session(conn, &entry, &acting.player, acting.proved_at)?;
    let held = game_tokens::table
        .filter(game_tokens::session_id.eq(&acting.id))
        .filter(game_tokens::token_hash.eq(acting.token_hash.as_deref().unwrap_or_default()));
    diesel::update(held).set(game_tokens::session_id.eq(&session.id)).execute(conn)?;
    Ok(GameSession { token_hash: acting.token_hash.clone(), ..session })
}

fn insert_session(
    conn: &mut Conn,
    entry: &NewGameSession,
    player: &PlayerId,
    proved_at: Option<DateTime<Utc>>,
) -> QueryResult<GameSession> {
    make_room(conn, entry, player)?;
    let session = GameSession {
        id: entry.id.clone(),
        player: player.clone(),
        player_version: players::table.find(player).select(players::version).get_result(conn)?,
        signed_in_with: entry.signed_in_with,
        proved_at,
        token_hash: Some(entry.token.hash().as_str().to_owned()),
        last_seen_at: entry.life.at,
    };
    diesel::insert_into(game_sessions::table)
        .values((
            game_sessions::id.eq(&session.id),
            game_sessions::player_id.eq(&session.player),
            game_sessions::api_key.eq(&entry.place.api_key),
            game_sessions::credential.eq(&entry.place.credential),
            game_sessions::client.eq(&entry.place.client),
            game_sessions::signed_in_with.eq(session.signed_in_with),
            game_sessions::proved_at.eq(session.proved_at.map(UtcTime::from)),
            game_sessions::network.eq(&entry.place.network),
            game_sessions::created_at.eq(UtcTime::from(entry.life.at)),
            game_sessions::last_seen_at.eq(UtcTime::from(entry.life.at)),
            game_sessions::ends_at.eq(UtcTime::from(entry.life.idle_ends_at)),
            game_sessions::expires_at.eq(UtcTime::from(entry.life.expires_at)),
            game_sessions::device_id.eq(entry.device.as_deref()),
        ))
        .execute(conn)?;
    Ok(session)
}

/// Starts the session's lifetime anew after another sign-in. False if it has ended.
fn renew_session(conn: &mut Conn, entry: &NewGameSession, current: &GameSession) -> QueryResult<bool> {
    let theirs = game_sessions::table
        .filter(game_sessions::id.eq(&current.id))
        .filter(game_sessions::ends_at.gt(UtcTime::from(entry.life.at)));
    let rows = diesel::update(theirs)
        .set((
            entry.proved_at().map(|at| game_sessions::proved_at.eq(UtcTime::from(at))),
            game_sessions::last_seen_at.eq(UtcTime::from(entry.life.at)),
            game_sessions::ends_at.eq(UtcTime::from(entry.life.idle_ends_at)),
            game_sessions::expires_at.eq(UtcTime::from(entry.life.expires_at)),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Ends the longest unused sessions beyond the limit of one player.
fn make_room(conn: &mut Conn, entry: &NewGameSession, player: &PlayerId) -> QueryResult<()> {
    let surplus: Vec<SessionId> = game_sessions::table
        .filter(game_sessions::player_id.eq(player))
        .order((game_sessions::last_seen_at.desc(), game_sessions::id.desc()))
        .offset(i64::from(entry.per_player).max(1) - 1)
        .limit(i64::MAX / 2)
        .select(game_sessions::id)
        .load(conn)?;
    if surplus.is_empty() {
        return Ok(());
    }
    diesel::delete(game_sessions::table.filter(game_sessions::id.eq_any(surplus))).execute(conn).map(drop)
}

/// Adds a token to the session. Only a request that proves the player's identity gives `proved_at`.
fn add_token(
    conn: &mut Conn,
    session: &SessionId,
    token: &OpaqueToken,
    life: SessionLife,
    proved_at: Option<DateTime<Utc>>,
) -> QueryResult<()> {
    let surplus: Vec<String> = game_tokens::table
        .filter(game_tokens::session_id.eq(session))
        .order((game_tokens::last_used_at.desc(), game_tokens::token_hash))
        .offset(TOKENS - 1)
        .limit(i64::MAX / 2)
        .select(game_tokens::token_hash)
        .load(conn)?;
    if !surplus.is_empty() {
        diesel::delete(game_tokens::table.filter(game_tokens::token_hash.eq_any(surplus))).execute(conn)?;
    }
    diesel::insert_into(game_tokens::table)
        .values((
            game_tokens::token_hash.eq(token.hash().as_str()),
            game_tokens::session_id.eq(session),
            game_tokens::uses.eq(0),
            game_tokens::created_at.eq(UtcTime::from(life.at)),
            game_tokens::last_used_at.eq(UtcTime::from(life.at)),
            game_tokens::ends_at.eq(UtcTime::from(life.idle_ends_at)),
            game_tokens::proved_at.eq(proved_at.map(UtcTime::from)),
        ))
        .execute(conn)
        .map(drop)
}

/// Resumes a session: counts the use of the presented token, and adds a new one if there is room.
///
/// `None` if the token or the session has ended, or the player is disabled.
pub fn resume_session(conn: &mut Conn, back: &TokenExchange) -> QueryResult<Option<ResumedSession>> {
    let presented = game_tokens::table
        .filter(game_tokens::token_hash.eq(&back.presented))
        .filter(game_tokens::ends_at.gt(UtcTime::from(back.life.at)));
    let found: Option<(SessionId, i64)> =
        presented.select((game_tokens::session_id, game_tokens::uses)).get_result(conn).optional()?;
    let Some((id, uses)) = found else {
        end_expired_token(conn, &back.presented, back.life.at)?;
        return Ok(None);
    };
    let Some((session, expires_at)) = find_until(conn, &id, back.life.at)? else { return Ok(None) };
    let ends_at = back.life.idle_ends_at.min(expires_at);
    let life = SessionLife { idle_ends_at: ends_at, expires_at, ..back.life };
    let rows = diesel::update(game_tokens::table.filter(game_tokens::token_hash.eq(&back.presented)))
        .set((
            game_tokens::uses.eq(game_tokens::uses + 1),
            game_tokens::last_used_at.eq(UtcTime::from(life.at)),
            game_tokens::ends_at.eq(UtcTime::from(ends_at)),
        ))
        .execute(conn)?;
    if rows == 0 {
        return Ok(None);
    }
    diesel::update(game_sessions::table.filter(game_sessions::id.eq(&id)))
        .set((
            game_sessions::client.eq(&back.place.client),
            game_sessions::network.eq(&back.place.network),
            game_sessions::last_seen_at.eq(UtcTime::from(life.at)),
            game_sessions::ends_at.eq(UtcTime::from(ends_at)),
        ))
        .execute(conn)?;
    let tokens: i64 = game_tokens::table
        .filter(game_tokens::session_id.eq(&id))
        .filter(game_tokens::ends_at.gt(UtcTime::from(life.at)))
        .count()
        .get_result(conn)?;
    let has_new_token = tokens < TOKENS;
    if has_new_token {
        // A stored token proves no identity (S29).
        add_token(conn, &id, &back.token, life, None)?;
    }
    let held = if has_new_token { back.token.hash().as_str().to_owned() } else { back.presented.clone() };
    Ok(Some(ResumedSession {
        session: GameSession { token_hash: Some(held), last_seen_at: life.at, ..session },
        uses,
        has_new_token,
    }))
}

/// Ends an expired token that was presented for good, because a clock that goes back would revive it.
pub fn end_expired_token(conn: &mut Conn, hash: &str, now: DateTime<Utc>) -> QueryResult<()> {
    let expired = game_tokens::table
        .filter(game_tokens::token_hash.eq(hash))
        .filter(game_tokens::ends_at.le(UtcTime::from(now)));
    diesel::update(expired).set(game_tokens::ends_at.eq(game_tokens::created_at)).execute(conn).map(drop)
}

/// Ends a session that was found expired for good, with its tokens, because a clock that goes back would revive it.
pub fn end_expired_session(conn: &mut Conn, session: &SessionId, now: DateTime<Utc>) -> QueryResult<()> {
    let expired = game_sessions::table
        .filter(game_sessions::id.eq(session))
        .filter(game_sessions::ends_at.le(UtcTime::from(now)));
    diesel::update(expired).set(game_sessions::ends_at.eq(game_sessions::created_at)).execute(conn).map(drop)
}

/// The session of a token, if one of both has ended by time and not yet for good.
pub fn find_expired(conn: &mut Conn, hash: &TokenHash, now: DateTime<Utc>) -> QueryResult<Option<SessionId>> {
    let now = UtcTime::from(now);
    let token = game_tokens::ends_at.le(now).and(game_tokens::ends_at.gt(game_tokens::created_at));
    let session = game_sessions::ends_at.le(now).and(game_sessions::ends_at.gt(game_sessions::created_at));
    game_tokens::table
        .inner_join(game_sessions::table)
        .filter(game_tokens::token_hash.eq(hash.as_str()))
        .filter(token.or(session))
        .select(game_tokens::session_id)
        .get_result(conn)
        .optional()
}

/// Whether the session still has this token. Acts that shut out copies of a session leave it with one.
pub fn has_token(conn: &mut Conn, session: &SessionId, hash: &str) -> QueryResult<bool> {
    let held = game_tokens::table
        .filter(game_tokens::token_hash.eq(hash))
        .filter(game_tokens::session_id.eq(session));
    diesel::select(diesel::dsl::exists(held)).get_result(conn)
}

/// Leaves the session with this one token, and connections that came by another with none.
pub fn keep_only_token(conn: &mut Conn, session: &SessionId, hash: &str) -> QueryResult<()> {
    let others = game_tokens::table
        .filter(game_tokens::session_id.eq(session))
        .filter(game_tokens::token_hash.ne(hash));
    diesel::delete(others).execute(conn).map(drop)
}

/// The session for which the token was given to this player in this game, and how it began, also if it has ended by
/// time.
pub fn session_of_token(
    conn: &mut Conn,
    hash: &TokenHash,
    player: &PlayerId,
    api_key: &str,
) -> QueryResult<Option<(SessionId, SignedInWith)>> {
    game_tokens::table
        .inner_join(game_sessions::table)
        .filter(game_tokens::token_hash.eq(hash.as_str()))
        .filter(game_sessions::player_id.eq(player))
        .filter(game_sessions::api_key.eq(api_key))
        .select((game_sessions::id, game_sessions::signed_in_with))
        .get_result(conn)
        .optional()
}

/// The session, if it is alive and its player is not disabled. Checked for every message (S82).
///
/// `proved_at` and `token_hash` are `None`: they belong to a token or a connection, and the caller knows which.
pub fn find_session(
    conn: &mut Conn,
    session: &SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<GameSession>> {
    Ok(find_until(conn, session, now)?.map(|(session, _)| session))
}

/// Whether a session of this player was last used in `network`.
pub fn has_come_from(conn: &mut Conn, player: &PlayerId, network: &str) -> QueryResult<bool> {
    let theirs = game_sessions::table
        .filter(game_sessions::player_id.eq(player))
        .filter(game_sessions::network.eq(network));
    diesel::select(diesel::dsl::exists(theirs)).get_result(conn)
}

/// The session of a token, for a caller without a connection.
///
/// The token is not exchanged. `proved_at` is the proof that was given for this token.
pub fn find_by_token(conn: &mut Conn, hash: &str, now: DateTime<Utc>) -> QueryResult<Option<GameSession>> {
    let token: Option<(SessionId, Option<DateTime<Utc>>)> = game_tokens::table
        .filter(game_tokens::token_hash.eq(hash))
        .filter(game_tokens::ends_at.gt(UtcTime::from(now)))
        .select((game_tokens::session_id, game_tokens::proved_at))
        .get_result(conn)
        .optional()?;
    let Some((session, proved_at)) = token else { return Ok(None) };
    let found = find_session(conn, &session, now)?;
    Ok(found.map(|session| GameSession { proved_at, token_hash: Some(hash.to_owned()), ..session }))
}

fn find_until(
    conn: &mut Conn,
    session: &SessionId,
    now: DateTime<Utc>,
) -> QueryResult<Option<(GameSession, DateTime<Utc>)>> {
    // Not a derived row: the column `proved_at` proves nothing for the caller.
    type Row = (PlayerId, i64, SignedInWith, DateTime<Utc>, DateTime<Utc>);
    let row: Option<Row> = game_sessions::table
        .inner_join(players::table)
        .filter(game_sessions::id.eq(session))
        .filter(game_sessions::ends_at.gt(UtcTime::from(now)))
        .filter(players::disabled_at.is_null())
        .select((
            game_sessions::player_id,
            players::version,
            game_sessions::signed_in_with,
            game_sessions::last_seen_at,
            game_sessions::expires_at,
        ))
        .get_result(conn)
        .optional()?;
    Ok(row.map(|(player, player_version, signed_in_with, last_seen_at, expires_at)| {
        let (id, proved_at) = (session.clone(), None);
        (
            GameSession {
                id,
                player,
                player_version,
                signed_in_with,
                proved_at,
                token_hash: None,
                last_seen_at,
            },
            expires_at,
        )
    }))
}

/// Where the session runs. `None` if it has ended.
pub fn place_of(conn: &mut Conn, session: &SessionId) -> QueryResult<Option<GameSessionPlace>> {
    let row = game_sessions::table.filter(game_sessions::id.eq(session));
    row.select(GameSessionPlace::as_select()).first(conn).optional()
}

/// Which of these sessions are alive. The cost depends on their number, not on the number of players.
pub fn alive_sessions(
    conn: &mut Conn,
    sessions: &[SessionId],
    now: DateTime<Utc>,
) -> QueryResult<Vec<SessionId>> {
    let mut alive = Vec::with_capacity(sessions.len());
    for chunk in sessions.chunks(CHUNK) {
        let found: Vec<SessionId> = game_sessions::table
            .inner_join(players::table)
            .filter(game_sessions::id.eq_any(chunk))
            .filter(game_sessions::ends_at.gt(UtcTime::from(now)))
            .filter(players::disabled_at.is_null())
            .select(game_sessions::id)
            .load(conn)?;
        alive.extend(found);
    }
    Ok(alive)
}

/// Records a use: the session lives for `idle` from now, but not beyond its absolute end. One that has ended stays so.
pub fn note_use(
    conn: &mut Conn,
    session: &SessionId,
    now: DateTime<Utc>,
    idle: TimeDelta,
) -> QueryResult<()> {
    let (now, idle_ends_at) = (UtcTime::from(now), UtcTime::from(now + idle));
    let alive =
        game_sessions::table.filter(game_sessions::id.eq(session)).filter(game_sessions::ends_at.gt(now));
    let is_at_its_end = game_sessions::expires_at.lt(idle_ends_at);
    let ends_at = case_when(is_at_its_end, game_sessions::expires_at).otherwise(idle_ends_at);
    diesel::update(alive)
        .set((game_sessions::last_seen_at.eq(now), game_sessions::ends_at.eq(ends_at)))
        .execute(conn)
        .map(drop)
}

/// Ends one session of this player. False if it is not theirs or does not exist.
pub fn end_session(conn: &mut Conn, player: &PlayerId, session: &SessionId) -> QueryResult<bool> {
    let theirs = game_sessions::table
        .filter(game_sessions::id.eq(session))
        .filter(game_sessions::player_id.eq(player));
    Ok(diesel::delete(theirs).execute(conn)? == 1)
}

/// Ends every session of this player except `but`. Returns how many.
pub fn end_all(conn: &mut Conn, player: &PlayerId, but: Option<&SessionId>) -> QueryResult<usize> {
    let spared = but.map_or("", SessionId::as_str);
    let all =
        game_sessions::table.filter(game_sessions::player_id.eq(player)).filter(game_sessions::id.ne(spared));
    diesel::delete(all).execute(conn)
}

/// Ends the player's sessions that began in this way, except `but` (S63). Returns how many.
pub fn end_all_signed_in_with(
    conn: &mut Conn,
    player: &PlayerId,
    with: SignedInWith,
    but: Option<&SessionId>,
) -> QueryResult<usize> {
    let spared = but.map_or("", SessionId::as_str);
    let those = game_sessions::table
        .filter(game_sessions::player_id.eq(player))
        .filter(game_sessions::signed_in_with.eq(with))
        .filter(game_sessions::id.ne(spared));
    diesel::delete(those).execute(conn)
}

/// Ends the player's sessions that this device opened, and those of which it is not known which device did.
pub fn end_all_of_device(conn: &mut Conn, player: &PlayerId, device: &str) -> QueryResult<usize> {
    let its_own = game_sessions::device_id.eq(device).assume_not_null();
    let those = game_sessions::table
        .filter(game_sessions::player_id.eq(player))
        .filter(game_sessions::signed_in_with.eq(SignedInWith::Device))
        .filter(game_sessions::device_id.is_null().or(its_own));
    diesel::delete(those).execute(conn)
}

/// The player's sessions, last used first.
pub fn list(conn: &mut Conn, player: &PlayerId, now: DateTime<Utc>) -> QueryResult<Vec<GameSessionSummary>> {
    game_sessions::table
        .filter(game_sessions::player_id.eq(player))
        .filter(game_sessions::ends_at.gt(UtcTime::from(now)))
        .order((game_sessions::last_seen_at.desc(), game_sessions::id.desc()))
        .select(GameSessionSummary::as_select())
        .load(conn)
}

/// Removes at most `limit` sessions that are kept no longer, and as many tokens. Returns the larger number.
pub fn sweep(conn: &mut Conn, now: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    let now = now - KEPT;
    let over: Vec<SessionId> = game_sessions::table
        .filter(game_sessions::ends_at.le(UtcTime::from(now)))
        .filter(game_sessions::last_seen_at.le(UtcTime::from(now)))
        .order(game_sessions::id)
        .limit(limit)
        .select(game_sessions::id)
        .load(conn)?;
    let sessions =
        diesel::delete(game_sessions::table.filter(game_sessions::id.eq_any(over))).execute(conn)?;
    let over: Vec<String> = game_tokens::table
        .filter(game_tokens::ends_at.le(UtcTime::from(now)))
        .filter(game_tokens::last_used_at.le(UtcTime::from(now)))
        .order(game_tokens::token_hash)
        .limit(limit)
        .select(game_tokens::token_hash)
        .load(conn)?;
    let tokens =
        diesel::delete(game_tokens::table.filter(game_tokens::token_hash.eq_any(over))).execute(conn)?;
    Ok(sessions.max(tokens))
}
