//! The tables of attempts, links and former links.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::amazon_link::identity::SealedLink;
use crate::amazon_link::model::{
    Attempt, Cause, Held, IDENTITY, Purpose, Stage, Standing, TokensFrom, VERIFIER, place_in_attempt,
    place_of_access_token, place_of_refresh_token,
};
use crate::platform::db::schema::{amazon_links, former_links, link_attempts, players};
use crate::platform::db::sealed::SealedColumn;
use crate::platform::db::{Conn, UtcTime, new_id};
use crate::sealed_column;
use crate::words::{AttemptId, LinkId, LinkState, PlayerId, SessionId};

/// What is sealed in these tables.
pub const SEALED: &[SealedColumn] = &[
    sealed_column!(amazon_links.access_token_sealed, |id, player_id, amazon_id| {
        place_of_access_token(&id.into(), &player_id.into(), &amazon_id)
    }),
    sealed_column!(amazon_links.refresh_token_sealed, |id, player_id, amazon_id| {
        place_of_refresh_token(&id.into(), &player_id.into(), &amazon_id)
    }),
    sealed_column!(link_attempts.verifier_sealed, |id| place_in_attempt(VERIFIER, &id.into())),
    sealed_column!(link_attempts.identity_sealed, |id| place_in_attempt(IDENTITY, &id.into())),
];

/// An attempt about to begin.
#[derive(Clone)]
pub(super) struct NewAttempt {
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

/// Who may go on with an attempt: the browser that began it and, but for sign-in, the very session.
#[derive(Clone)]
pub(super) struct Bearer {
    pub browser_hash: String,
    pub session: Option<SessionId>,
    pub player: Option<PlayerId>,
}

type AttemptColumns =
    (AttemptId, Purpose, Option<PlayerId>, Option<Vec<u8>>, Option<String>, Option<Vec<u8>>);

const ATTEMPT: (
    link_attempts::id,
    link_attempts::purpose,
    link_attempts::player_id,
    link_attempts::verifier_sealed,
    link_attempts::next,
    link_attempts::identity_sealed,
) = (
    link_attempts::id,
    link_attempts::purpose,
    link_attempts::player_id,
    link_attempts::verifier_sealed,
    link_attempts::next,
    link_attempts::identity_sealed,
);

fn attempt((id, purpose, player, verifier_sealed, next, identity_sealed): AttemptColumns) -> Attempt {
    Attempt { id, purpose, player, verifier_sealed, next, identity_sealed }
}

/// Begins an attempt. Of more than `open` trips of one browser the oldest is forgotten.
pub(super) fn begin(conn: &mut Conn, new: &NewAttempt, open: u32) -> QueryResult<()> {
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

/// Claims the attempt behind a state, once: whoever comes second finds nothing (S42).
pub(super) fn claim(
    conn: &mut Conn,
    state_hash: &str,
    bearer: &Bearer,
    now: DateTime<Utc>,
) -> QueryResult<Option<Attempt>> {
    use link_attempts::dsl;
    let theirs = dsl::link_attempts
        .filter(dsl::state_hash.eq(state_hash))
        .filter(dsl::stage.eq(Stage::Begun))
        .filter(dsl::browser_hash.eq(&bearer.browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .filter(
            dsl::purpose
                .eq(Purpose::SignIn)
                .or(dsl::session_id.eq(session_or_none(bearer)).assume_not_null()),
        )
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::player_id.eq(player_or_none(bearer)).assume_not_null()),
        );
    let row: Option<AttemptColumns> = diesel::update(theirs)
        .set(dsl::stage.eq(Stage::Claimed))
        .returning(ATTEMPT)
        .get_result(conn)
        .optional()?;
    Ok(row.map(attempt))
}

/// A visitor has no session; no row has the empty one.
fn session_or_none(bearer: &Bearer) -> SessionId {
    bearer.session.clone().unwrap_or_else(|| SessionId::from(String::new()))
}

fn player_or_none(bearer: &Bearer) -> PlayerId {
    bearer.player.clone().unwrap_or_else(|| PlayerId::from(String::new()))
}

/// Keeps what came back, for the page that asks next. False if the attempt is gone.
pub(super) fn keep_identity(
    conn: &mut Conn,
    id: &AttemptId,
    stage: Stage,
    amazon_id: &str,
    sealed: &[u8],
) -> QueryResult<bool> {
    use link_attempts::dsl;
    let claimed = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(Stage::Claimed));
    let rows = diesel::update(claimed)
        .set((
            dsl::stage.eq(stage),
            dsl::amazon_id.eq(Some(amazon_id)),
            dsl::identity_sealed.eq(Some(sealed)),
            dsl::verifier_sealed.eq(None::<Vec<u8>>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// The attempt that a page asks about, if it is at `stage` and, like [`claim`], its bearer's (S41).
pub(super) fn find(
    conn: &mut Conn,
    id: &AttemptId,
    stage: Stage,
    bearer: &Bearer,
    now: DateTime<Utc>,
) -> QueryResult<Option<Attempt>> {
    use link_attempts::dsl;
    let row: Option<AttemptColumns> = dsl::link_attempts
        .filter(dsl::id.eq(id))
        .filter(dsl::stage.eq(stage))
        .filter(dsl::browser_hash.eq(&bearer.browser_hash))
        .filter(dsl::expires_at.gt(UtcTime::from(now)))
        .filter(
            dsl::purpose
                .eq(Purpose::SignIn)
                .or(dsl::session_id.eq(session_or_none(bearer)).assume_not_null()),
        )
        .filter(
            dsl::purpose.eq(Purpose::SignIn).or(dsl::player_id.eq(player_or_none(bearer)).assume_not_null()),
        )
        .select(ATTEMPT)
        .first(conn)
        .optional()?;
    Ok(row.map(attempt))
}

/// Moves an attempt from one page to another. False if it is gone, or elsewhere.
pub(super) fn advance(conn: &mut Conn, id: &AttemptId, from: Stage, to: Stage) -> QueryResult<bool> {
    use link_attempts::dsl;
    let here = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(from));
    Ok(diesel::update(here).set(dsl::stage.eq(to)).execute(conn)? == 1)
}

/// Counts a guess on an attempt before it is checked. Gives how many that makes; nothing if it is gone.
pub(super) fn count_try(conn: &mut Conn, id: &AttemptId) -> QueryResult<Option<i64>> {
    use link_attempts::dsl;
    diesel::update(dsl::link_attempts.filter(dsl::id.eq(id)))
        .set(dsl::tries.eq(dsl::tries + 1))
        .returning(dsl::tries)
        .get_result(conn)
        .optional()
}

/// Spends an attempt at `stage`. False if somebody else did (S42).
pub(super) fn spend(conn: &mut Conn, id: &AttemptId, stage: Stage) -> QueryResult<bool> {
    use link_attempts::dsl;
    let here = dsl::link_attempts.filter(dsl::id.eq(id)).filter(dsl::stage.eq(stage));
    Ok(diesel::delete(here).execute(conn)? == 1)
}

/// Forgets every open attempt of a player, when what it was begun for has changed.
pub(super) fn forget_attempts_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<()> {
    use link_attempts::dsl;
    diesel::delete(dsl::link_attempts.filter(dsl::player_id.eq(player))).execute(conn).map(drop)
}

/// Removes at most `limit` attempts whose time is over. Returns how many.
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

/// What the tables know about an identity and about the player who sent for it.
pub(super) fn standing(
    conn: &mut Conn,
    amazon_id: &str,
    email_key: Option<&str>,
    player: Option<&PlayerId>,
) -> QueryResult<Standing> {
    use amazon_links::dsl;
    let owner: Option<(LinkId, PlayerId, LinkState, Option<UtcTime>)> = dsl::amazon_links
        .inner_join(players::table)
        .filter(dsl::amazon_id.eq(amazon_id))
        .select((dsl::id, dsl::player_id, dsl::state, players::disabled_at))
        .first(conn)
        .optional()?;
    let own = match player {
        Some(player) => link_of(conn, player)?,
        None => None,
    };
    let email_matches = match email_key.filter(|_| owner.is_none()) {
        Some(key) => {
            let account = players::table.filter(players::email_key.eq(key));
            diesel::select(diesel::dsl::exists(account)).get_result(conn)?
        }
        None => false,
    };
    let owner_is_disabled = owner.as_ref().is_some_and(|(_, _, _, disabled_at)| disabled_at.is_some());
    let owner = owner.map(|(id, player, state, _)| Held { id, player, state });
    Ok(Standing { owner, owner_is_disabled, own, email_matches })
}

/// The player's link.
pub(super) fn link_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<Held>> {
    use amazon_links::dsl;
    let row: Option<(LinkId, LinkState)> = dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select((dsl::id, dsl::state))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, state)| Held { id, player: player.clone(), state }))
}

/// Writes a link. A unique violation means that somebody else was faster (S55).
pub(super) fn insert(conn: &mut Conn, link: &SealedLink) -> QueryResult<()> {
    use amazon_links::dsl;
    let at = UtcTime::from(link.at);
    diesel::insert_into(dsl::amazon_links)
        .values((
            dsl::id.eq(&link.id),
            dsl::player_id.eq(&link.player),
            dsl::amazon_id.eq(&link.amazon_id),
            dsl::client_id.eq(&link.client_id),
            dsl::scopes.eq(&link.scopes),
            dsl::state.eq(LinkState::Active),
            dsl::state_since.eq(at),
            dsl::amazon_name.eq(link.name.as_deref()),
            dsl::amazon_email.eq(link.email.as_deref()),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::refresh_token_sealed.eq(link.refresh.as_ref()),
            dsl::token_version.eq(1),
            dsl::linked_at.eq(at),
            dsl::checked_at.eq(at),
            dsl::tokens_from.eq(link.tokens_from),
        ))
        .execute(conn)
        .map(drop)
}

/// Puts fresh tokens into a link that still is what it was, and makes it active. False if it is not.
pub(super) fn renew(conn: &mut Conn, link: &SealedLink, was: LinkState) -> QueryResult<bool> {
    use amazon_links::dsl;
    let at = UtcTime::from(link.at);
    let same = dsl::amazon_links
        .filter(dsl::id.eq(&link.id))
        .filter(dsl::player_id.eq(&link.player))
        .filter(dsl::amazon_id.eq(&link.amazon_id))
        .filter(dsl::state.eq(was));
    let rows = diesel::update(same)
        .set((
            dsl::client_id.eq(&link.client_id),
            dsl::scopes.eq(&link.scopes),
            dsl::state.eq(LinkState::Active),
            dsl::amazon_name.eq(link.name.as_deref()),
            dsl::amazon_email.eq(link.email.as_deref()),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::checked_at.eq(at),
            dsl::tokens_from.eq(link.tokens_from),
        ))
        .execute(conn)?;
    if let Some(refresh) = &link.refresh {
        // Where none came, the one we have is the one to keep (contract, section 8).
        diesel::update(dsl::amazon_links.filter(dsl::id.eq(&link.id)))
            .set(dsl::refresh_token_sealed.eq(Some(refresh)))
            .execute(conn)?;
    }
    if was != LinkState::Active {
        diesel::update(dsl::amazon_links.filter(dsl::id.eq(&link.id)))
            .set(dsl::state_since.eq(at))
            .execute(conn)?;
    }
    Ok(rows == 1)
}

/// Takes what a handed-over token told: the profile always; the token only where no code exchange's would go,
/// which is where there is none (`revoked`), or where the last one was handed over too. Gives whether the link is
/// active now; nothing if it is not what it was.
pub(super) fn renew_from_hands(
    conn: &mut Conn,
    link: &SealedLink,
    was: LinkState,
) -> QueryResult<Option<bool>> {
    use amazon_links::dsl;
    let at = UtcTime::from(link.at);
    let same = dsl::amazon_links
        .filter(dsl::id.eq(&link.id))
        .filter(dsl::player_id.eq(&link.player))
        .filter(dsl::amazon_id.eq(&link.amazon_id))
        .filter(dsl::state.eq(was));
    let profile = (
        dsl::amazon_name.eq(link.name.as_deref()),
        dsl::amazon_email.eq(link.email.as_deref()),
        dsl::checked_at.eq(at),
    );
    if diesel::update(same).set(profile).execute(conn)? != 1 {
        return Ok(None);
    }
    let replaceable = dsl::amazon_links
        .filter(dsl::id.eq(&link.id))
        .filter(dsl::tokens_from.eq(TokensFrom::HandedOver).or(dsl::state.eq(LinkState::Revoked)));
    let rows = diesel::update(replaceable)
        .set((
            dsl::client_id.eq(&link.client_id),
            dsl::scopes.eq(&link.scopes),
            dsl::state.eq(LinkState::Active),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::tokens_from.eq(TokensFrom::HandedOver),
        ))
        .execute(conn)?;
    let is_active = rows == 1 || was == LinkState::Active;
    if is_active && was != LinkState::Active {
        diesel::update(dsl::amazon_links.filter(dsl::id.eq(&link.id)))
            .set(dsl::state_since.eq(at))
            .execute(conn)?;
    }
    Ok(Some(is_active))
}

/// What others may know of a player's link.
#[derive(Clone, Debug)]
pub struct Summary {
    pub amazon_id: String,
    pub name: Option<String>,
    pub state: LinkState,
    /// Whether we can renew its tokens ourselves.
    pub is_renewable: bool,
}

/// The player's link, if it counts as one: a revoked one does not.
pub fn summary(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<Summary>> {
    use amazon_links::dsl;
    let row: Option<(String, Option<String>, LinkState, bool)> = dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .filter(dsl::state.ne(LinkState::Revoked))
        .select((dsl::amazon_id, dsl::amazon_name, dsl::state, dsl::refresh_token_sealed.is_not_null()))
        .first(conn)
        .optional()?;
    Ok(row.map(|(amazon_id, name, state, is_renewable)| Summary { amazon_id, name, state, is_renewable }))
}

/// A link that has ended, for its history. The identity itself is kept as a keyed hash only.
#[derive(Clone)]
pub(super) struct Ending {
    pub actor: &'static str,
    pub cause: Cause,
    pub at: DateTime<Utc>,
}

/// Ends a link: the row with its tokens goes, its history stays. False if it was not there any more.
pub(super) fn end(
    conn: &mut Conn,
    link: &LinkId,
    ending: &Ending,
    hash_of: &dyn Fn(&str) -> String,
) -> QueryResult<bool> {
    use amazon_links::dsl;
    let gone: Option<(PlayerId, String, UtcTime)> =
        diesel::delete(dsl::amazon_links.filter(dsl::id.eq(link)))
            .returning((dsl::player_id, dsl::amazon_id, dsl::linked_at))
            .get_result(conn)
            .optional()?;
    let Some((player, amazon_id, linked_at)) = gone else { return Ok(false) };
    diesel::insert_into(former_links::table)
        .values((
            former_links::id.eq(new_id(ending.at)),
            former_links::player_id.eq(player),
            former_links::amazon_id_hash.eq(hash_of(&amazon_id)),
            former_links::linked_at.eq(linked_at),
            former_links::ended_at.eq(UtcTime::from(ending.at)),
            former_links::actor.eq(ending.actor),
            former_links::cause.eq(ending.cause),
        ))
        .execute(conn)?;
    Ok(true)
}

/// How the player's last link ended.
pub(super) fn last_end(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<(Cause, DateTime<Utc>)>> {
    let ended: Option<(Cause, UtcTime)> = former_links::table
        .filter(former_links::player_id.eq(player))
        .order((former_links::ended_at.desc(), former_links::id.desc()))
        .select((former_links::cause, former_links::ended_at))
        .first(conn)
        .optional()?;
    Ok(ended.map(|(cause, at)| (cause, at.into())))
}
