//! Updates of a link by presented tokens, and the summary of a link for games.

use diesel::prelude::*;

use crate::links::identity::SealedLink;
use crate::links::model::{PROFILE_EVERY, TokensFrom};
use crate::links::store::token_snapshot::ClearLease;
use crate::links::{LinkState, StateCause};
use crate::platform::db::schema::amazon_links;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};

/// Renews a link by a presented token. The profile is always stored.
///
/// The token is stored if the link is revoked, or if its last token was presented too. Tokens of a code exchange stay.
/// Returns whether the link is active now, or `None` if the link has changed.
pub(in crate::links) fn renew_by_presented_token(
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
        dsl::amazon_postal_code.eq(link.postal_code.as_deref()),
        dsl::profile_due_at.eq(Some(UtcTime::from(link.at + PROFILE_EVERY))),
        dsl::checked_at.eq(at),
    );
    if diesel::update(same).set(profile).execute(conn)? != 1 {
        return Ok(None);
    }
    let replaceable = dsl::amazon_links
        .filter(dsl::id.eq(&link.id))
        .filter(dsl::tokens_from.eq(TokensFrom::Presented).or(dsl::state.eq(LinkState::Revoked)));
    let rows = diesel::update(replaceable)
        .set((
            dsl::client_id.eq(&link.client_id),
            dsl::scopes.eq(&link.scopes),
            dsl::state.eq(LinkState::Active),
            (was != LinkState::Active).then(|| dsl::state_since.eq(at)),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::tokens_from.eq(TokensFrom::Presented),
            dsl::state_cause.eq(None::<StateCause>),
            ClearLease::default(),
        ))
        .execute(conn)?;
    Ok(Some(rows == 1 || was == LinkState::Active))
}

/// The part of a player's link that others may read.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub struct LinkSummaryRow {
    pub id: LinkId,
    pub amazon_id: String,
    #[diesel(column_name = amazon_name)]
    pub name: Option<String>,
    pub state: LinkState,
    /// Whether the portal can renew its tokens.
    #[diesel(select_expression = amazon_links::refresh_token_sealed.is_not_null())]
    pub is_renewable: bool,
}

/// The player's link, unless it is revoked.
pub fn summary(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<LinkSummaryRow>> {
    use amazon_links::dsl;
    dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .filter(dsl::state.ne(LinkState::Revoked))
        .select(LinkSummaryRow::as_select())
        .first(conn)
        .optional()
}

/// The links of these players, without revoked ones.
pub fn summaries(conn: &mut Conn, players: &[PlayerId]) -> QueryResult<Vec<(PlayerId, LinkSummaryRow)>> {
    use amazon_links::dsl;
    dsl::amazon_links
        .filter(dsl::player_id.eq_any(players))
        .filter(dsl::state.ne(LinkState::Revoked))
        .select((dsl::player_id, LinkSummaryRow::as_select()))
        .load(conn)
}
