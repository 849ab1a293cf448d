//! Queries on links: which player has which identity.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::links::identity::{GameOfLink, SealedLink};
use crate::links::model::{DueProfile, HeldLink, LinkingFacts, PROFILE_EVERY};
use crate::links::store::token_snapshot::{ClearLease, TokenSnapshot, matching_snapshot};
use crate::links::{LinkState, StateCause};
use crate::lwa::Profile;
use crate::platform::db::schema::{amazon_links, players};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::ledger::{Ended, note_end};

/// Reads the facts about an identity and about the player of the attempt.
pub(in crate::links) fn read_facts(
    conn: &mut Conn,
    amazon_id: &str,
    email_key: Option<&str>,
    player: Option<&PlayerId>,
) -> QueryResult<LinkingFacts> {
    use amazon_links::dsl;
    let owner: Option<(HeldLink, (bool, bool))> = dsl::amazon_links
        .inner_join(players::table)
        .filter(dsl::amazon_id.eq(amazon_id))
        .select((
            HeldLink::as_select(),
            (players::disabled_at.is_not_null(), players::closes_at.is_not_null()),
        ))
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
    let (owner, standing) = owner.unzip();
    let (owner_is_disabled, owner_is_closing) = standing.unwrap_or_default();
    Ok(LinkingFacts { owner, owner_is_disabled, owner_is_closing, own, email_matches })
}

pub(in crate::links) fn link_of(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<HeldLink>> {
    use amazon_links::dsl;
    dsl::amazon_links.filter(dsl::player_id.eq(player)).select(HeldLink::as_select()).first(conn).optional()
}

/// The name of the linked Amazon account.
pub(in crate::links) fn amazon_name_of(conn: &mut Conn, link: &LinkId) -> QueryResult<Option<String>> {
    use amazon_links::dsl;
    let name: Option<Option<String>> =
        dsl::amazon_links.filter(dsl::id.eq(link)).select(dsl::amazon_name).first(conn).optional()?;
    Ok(name.flatten())
}

/// Inserts a link. A unique violation means that another request was faster (S55).
pub(in crate::links) fn insert_link(conn: &mut Conn, link: &SealedLink) -> QueryResult<()> {
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
            dsl::amazon_email_known.eq(link.email.as_deref()),
            dsl::amazon_postal_code.eq(link.postal_code.as_deref()),
            dsl::profile_due_at.eq(Some(UtcTime::from(link.at + PROFILE_EVERY))),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::refresh_token_sealed.eq(link.refresh.as_ref()),
            dsl::token_version.eq(1),
            dsl::linked_at.eq(at),
            dsl::checked_at.eq(at),
            dsl::next_check_at.eq(UtcTime::from(link.access_expires_at)),
            dsl::tokens_from.eq(link.tokens_from),
            dsl::made_by.eq(link.made_by),
            dsl::confirmed_at.eq(link.is_confirmed().then_some(at)),
            dsl::made_in.eq(link.made_in.as_ref().map(|game| &game.api_key)),
            dsl::made_on.eq(link.made_in.as_ref().map(|game| &game.client)),
            dsl::made_from.eq(link.made_in.as_ref().map(|game| &game.network)),
        ))
        .execute(conn)
        .map(drop)
}

/// Confirms a link that a game made, and forgets where that was. False if it is confirmed already, or gone.
pub(in crate::links) fn confirm_link(conn: &mut Conn, link: &LinkId, at: DateTime<Utc>) -> QueryResult<bool> {
    use amazon_links::dsl;
    let open = dsl::amazon_links.filter(dsl::id.eq(link)).filter(dsl::confirmed_at.is_null());
    let rows = diesel::update(open)
        .set((
            dsl::confirmed_at.eq(Some(UtcTime::from(at))),
            dsl::made_in.eq(None::<String>),
            dsl::made_on.eq(None::<String>),
            dsl::made_from.eq(None::<String>),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Notes that the player does not want the address at Amazon. False if the link has another address by now.
pub(in crate::links) fn decline_email(conn: &mut Conn, player: &PlayerId, email: &str) -> QueryResult<bool> {
    use amazon_links::dsl;
    let same = dsl::amazon_links.filter(dsl::player_id.eq(player)).filter(dsl::amazon_email.eq(email));
    let rows = diesel::update(same).set(dsl::amazon_email_known.eq(Some(email))).execute(conn)?;
    Ok(rows == 1)
}

/// When and in which game an unconfirmed link was made. `None` if the link is confirmed or gone.
pub(in crate::links) fn game_of_link(
    conn: &mut Conn,
    link: &LinkId,
) -> QueryResult<Option<(GameOfLink, DateTime<Utc>)>> {
    use amazon_links::dsl;
    type Row = (Option<String>, Option<String>, Option<String>, DateTime<Utc>);
    let row: Option<Row> = dsl::amazon_links
        .filter(dsl::id.eq(link))
        .filter(dsl::confirmed_at.is_null())
        .select((dsl::made_in, dsl::made_on, dsl::made_from, dsl::linked_at))
        .first(conn)
        .optional()?;
    Ok(row.map(|(api_key, client, network, at)| {
        let [api_key, client, network] = [api_key, client, network].map(Option::unwrap_or_default);
        (GameOfLink { api_key, client, network }, at)
    }))
}

/// Stores new tokens in a link that has not changed, and makes it active. False if it has changed.
///
/// A concurrent refresh of the old tokens writes nothing any more.
pub(in crate::links) fn renew_link(conn: &mut Conn, link: &SealedLink, was: LinkState) -> QueryResult<bool> {
    use amazon_links::dsl;
    let at = UtcTime::from(link.at);
    let same = dsl::amazon_links
        .filter(dsl::id.eq(&link.id))
        .filter(dsl::player_id.eq(&link.player))
        .filter(dsl::amazon_id.eq(&link.amazon_id))
        .filter(dsl::state.eq(was));
    // Where no refresh token came, the stored one stays (docs/protocols/login-with-amazon.md#refresh). The refresh
    // token of another client is deleted, because this client cannot use it.
    diesel::update(same.filter(dsl::client_id.ne(&link.client_id)))
        .set(dsl::refresh_token_sealed.eq(None::<Vec<u8>>))
        .execute(conn)?;
    let rows = diesel::update(same)
        .set((
            dsl::client_id.eq(&link.client_id),
            dsl::scopes.eq(&link.scopes),
            dsl::state.eq(LinkState::Active),
            (was != LinkState::Active).then(|| dsl::state_since.eq(at)),
            dsl::state_cause.eq(None::<StateCause>),
            dsl::amazon_name.eq(link.name.as_deref()),
            dsl::amazon_email.eq(link.email.as_deref()),
            dsl::amazon_postal_code.eq(link.postal_code.as_deref()),
            dsl::profile_due_at.eq(Some(UtcTime::from(link.at + PROFILE_EVERY))),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            link.refresh.as_ref().map(|refresh| dsl::refresh_token_sealed.eq(Some(refresh))),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::tokens_from.eq(link.tokens_from),
            dsl::checked_at.eq(at),
            dsl::next_check_at.eq(UtcTime::from(link.access_expires_at)),
            ClearLease::default(),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Stores what the profile said. False if the link has other tokens by now, or is another one.
pub(in crate::links) fn store_profile(
    conn: &mut Conn,
    read: &DueProfile,
    profile: &Profile,
    next: DateTime<Utc>,
) -> QueryResult<bool> {
    use amazon_links::dsl;
    let same = dsl::amazon_links
        .filter(dsl::id.eq(&read.link))
        .filter(dsl::player_id.eq(&read.player))
        .filter(dsl::amazon_id.eq(&read.amazon_id))
        .filter(dsl::token_version.eq(read.token_version))
        .filter(dsl::state.eq(LinkState::Active));
    let rows = diesel::update(same)
        .set((
            dsl::amazon_name.eq(profile.name.as_deref()),
            dsl::amazon_email.eq(profile.email.as_deref()),
            dsl::amazon_postal_code.eq(profile.postal_code.as_deref()),
            dsl::profile_due_at.eq(Some(UtcTime::from(next))),
        ))
        .execute(conn)?;
    Ok(rows == 1)
}

/// Whether the link still matches the snapshot. The caller has locked the player's row where the answer decides.
pub(in crate::links) fn matches_snapshot(conn: &mut Conn, snapshot: &TokenSnapshot) -> QueryResult<bool> {
    diesel::select(diesel::dsl::exists(matching_snapshot(snapshot))).get_result(conn)
}

/// Destroys both tokens and leaves the identity in state `revoked`. False if the link no longer matches.
pub(in crate::links) fn destroy_tokens(
    conn: &mut Conn,
    snapshot: &TokenSnapshot,
    at: DateTime<Utc>,
) -> QueryResult<bool> {
    use amazon_links::dsl;
    let rows = diesel::update(matching_snapshot(snapshot))
        .set((
            dsl::state.eq(LinkState::Revoked),
            dsl::state_since.eq(UtcTime::from(at)),
            dsl::state_cause.eq(Some(StateCause::RevokedByAmazon)),
            dsl::access_token_sealed.eq(None::<Vec<u8>>),
            dsl::access_token_expires_at.eq(None::<UtcTime>),
            dsl::refresh_token_sealed.eq(None::<Vec<u8>>),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::checked_at.eq(UtcTime::from(at)),
            ClearLease::default(),
        ))
        .execute(conn)?;
    if rows == 1 {
        note_end(Ended::Link, snapshot.link.as_str(), at);
    }
    Ok(rows == 1)
}

/// Destroys the tokens of a link that is not revoked, and leaves its identity to its player, who links it again.
///
/// Returns whether the link was active until now. `None` for a link that is gone or revoked.
pub(in crate::links) fn drop_tokens(
    conn: &mut Conn,
    link: &LinkId,
    at: DateTime<Utc>,
) -> QueryResult<Option<bool>> {
    use amazon_links::dsl;
    let live = dsl::amazon_links.filter(dsl::id.eq(link)).filter(dsl::state.ne(LinkState::Revoked));
    let was_active = diesel::update(live.filter(dsl::state.eq(LinkState::Active)))
        .set((
            dsl::state.eq(LinkState::NeedsReconnect),
            dsl::state_since.eq(UtcTime::from(at)),
            dsl::state_cause.eq(None::<StateCause>),
        ))
        .execute(conn)?
        == 1;
    let rows = diesel::update(live)
        .set((
            dsl::access_token_sealed.eq(None::<Vec<u8>>),
            dsl::access_token_expires_at.eq(None::<UtcTime>),
            dsl::refresh_token_sealed.eq(None::<Vec<u8>>),
            dsl::token_version.eq(dsl::token_version + 1),
            ClearLease::default(),
        ))
        .execute(conn)?;
    Ok((rows == 1).then_some(was_active))
}

/// A link that is active or has tokens.
pub struct LivingLink {
    pub id: LinkId,
    pub player: PlayerId,
    /// When it came into its state.
    pub since: DateTime<Utc>,
}

/// Which of these links are active or have tokens.
pub fn links_with_life(conn: &mut Conn, links: &[LinkId]) -> QueryResult<Vec<LivingLink>> {
    use amazon_links::dsl;
    let rows: Vec<(LinkId, PlayerId, DateTime<Utc>)> = dsl::amazon_links
        .filter(dsl::id.eq_any(links))
        .filter(
            dsl::state
                .eq(LinkState::Active)
                .or(dsl::access_token_sealed.is_not_null())
                .or(dsl::refresh_token_sealed.is_not_null()),
        )
        .select((dsl::id, dsl::player_id, dsl::state_since))
        .load(conn)?;
    Ok(rows.into_iter().map(|(id, player, since)| LivingLink { id, player, since }).collect())
}

/// Deletes the access tokens of at most `limit` links, and lets the refresher look at them now. Returns how many.
///
/// A link without a refresh token cannot be checked, so its player has to link again.
pub fn doubt_links(conn: &mut Conn, at: DateTime<Utc>, limit: i64) -> QueryResult<usize> {
    use amazon_links::dsl;
    let believed: Vec<LinkId> = dsl::amazon_links
        .filter(dsl::access_token_sealed.is_not_null())
        .order(dsl::id)
        .limit(limit)
        .select(dsl::id)
        .load(conn)?;
    let unchecked = dsl::amazon_links
        .filter(dsl::id.eq_any(&believed))
        .filter(dsl::refresh_token_sealed.is_null())
        .filter(dsl::state.eq(LinkState::Active));
    diesel::update(unchecked)
        .set((
            dsl::state.eq(LinkState::NeedsReconnect),
            dsl::state_since.eq(UtcTime::from(at)),
            dsl::state_cause.eq(None::<StateCause>),
        ))
        .execute(conn)?;
    diesel::update(dsl::amazon_links.filter(dsl::id.eq_any(&believed)))
        .set((
            dsl::access_token_sealed.eq(None::<Vec<u8>>),
            dsl::access_token_expires_at.eq(None::<UtcTime>),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::next_check_at.eq(UtcTime::from(at)),
            ClearLease::default(),
        ))
        .execute(conn)
}
