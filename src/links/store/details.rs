//! Present and former links, as the support pages show them.

use diesel::prelude::*;

use crate::links::model::{Cause, FormerLink, LinkDetails, TokensFrom};
use crate::links::{LinkState, StateCause};
use crate::platform::db::schema::{amazon_links, former_links};
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};

/// The player's link, in any state.
pub fn details(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<LinkDetails>> {
    use amazon_links::dsl;
    type Identity = (LinkId, String, Option<String>, Option<String>, String, String);
    type State = (LinkState, UtcTime, Option<StateCause>);
    type Tokens = (TokensFrom, bool, Option<UtcTime>, bool, i64);
    type Checks = (UtcTime, UtcTime, UtcTime, Option<UtcTime>, i64, Option<UtcTime>);
    let row: Option<(Identity, State, Tokens, Checks)> = dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select((
            (dsl::id, dsl::amazon_id, dsl::amazon_name, dsl::amazon_email, dsl::client_id, dsl::scopes),
            (dsl::state, dsl::state_since, dsl::state_cause),
            (
                dsl::tokens_from,
                dsl::access_token_sealed.is_not_null(),
                dsl::access_token_expires_at,
                dsl::refresh_token_sealed.is_not_null(),
                dsl::token_version,
            ),
            (dsl::linked_at, dsl::checked_at, dsl::next_check_at, dsl::retry_at, dsl::failures, dsl::held_at),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(identity, (state, state_since, state_cause), tokens, checks)| {
        let (id, amazon_id, amazon_name, amazon_email, client_id, scopes) = identity;
        let (tokens_from, has_access_token, access_expires_at, has_refresh_token, token_version) = tokens;
        let (linked_at, checked_at, next_check_at, retry_at, failures, held_at) = checks;
        LinkDetails {
            id,
            amazon_id,
            amazon_name,
            amazon_email,
            client_id,
            scopes,
            state,
            state_since: state_since.into(),
            state_cause,
            tokens_from,
            has_access_token,
            access_expires_at: access_expires_at.map(Into::into),
            has_refresh_token,
            token_version,
            linked_at: linked_at.into(),
            checked_at: checked_at.into(),
            next_check_at: next_check_at.into(),
            retry_at: retry_at.map(Into::into),
            failures,
            held_at: held_at.map(Into::into),
        }
    }))
}

/// The player's former links, newest end first, at most `limit`.
pub fn former_of(conn: &mut Conn, player: &PlayerId, limit: i64) -> QueryResult<Vec<FormerLink>> {
    use former_links::dsl;
    let rows: Vec<(UtcTime, UtcTime, String, Cause)> = dsl::former_links
        .filter(dsl::player_id.eq(player))
        .order((dsl::ended_at.desc(), dsl::id.desc()))
        .limit(limit)
        .select((dsl::linked_at, dsl::ended_at, dsl::actor, dsl::cause))
        .load(conn)?;
    Ok(rows
        .into_iter()
        .map(|(linked_at, ended_at, actor, cause)| FormerLink {
            linked_at: linked_at.into(),
            ended_at: ended_at.into(),
            actor,
            cause,
        })
        .collect())
}
