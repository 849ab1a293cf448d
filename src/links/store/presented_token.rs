//! What games tell of a link, and what they are told of one.

use diesel::prelude::*;

use crate::links::identity::SealedLink;
use crate::links::model::TokensFrom;
use crate::links::store::token_snapshot::ClearLease;
use crate::links::{LinkState, StateCause};
use crate::platform::db::schema::amazon_links;
use crate::platform::db::{Conn, UtcTime};
use crate::platform::ids::{LinkId, PlayerId};

/// Takes what a handed-over token told: the profile always; the token only where no code exchange's would go,
/// which is where there is none (`revoked`), or where the last one was handed over too. Gives whether the link is
/// active now; nothing if it is not what it was.
pub(in crate::links) fn renew_from_hands(
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
            (was != LinkState::Active).then(|| dsl::state_since.eq(at)),
            dsl::access_token_sealed.eq(Some(&link.access)),
            dsl::access_token_expires_at.eq(Some(UtcTime::from(link.access_expires_at))),
            dsl::token_version.eq(dsl::token_version + 1),
            dsl::tokens_from.eq(TokensFrom::HandedOver),
            dsl::state_cause.eq(None::<StateCause>),
            ClearLease::default(),
        ))
        .execute(conn)?;
    Ok(Some(rows == 1 || was == LinkState::Active))
}

/// What others may know of a player's link.
#[derive(Clone, Debug)]
pub struct LinkSummaryRow {
    pub id: LinkId,
    pub amazon_id: String,
    pub name: Option<String>,
    pub state: LinkState,
    /// Whether we can renew its tokens ourselves.
    pub is_renewable: bool,
}

/// The player's link, if it counts as one: a revoked one does not.
pub fn summary(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<LinkSummaryRow>> {
    use amazon_links::dsl;
    let row: Option<(LinkId, String, Option<String>, LinkState, bool)> = dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .filter(dsl::state.ne(LinkState::Revoked))
        .select((
            dsl::id,
            dsl::amazon_id,
            dsl::amazon_name,
            dsl::state,
            dsl::refresh_token_sealed.is_not_null(),
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, amazon_id, name, state, is_renewable)| LinkSummaryRow {
        id,
        amazon_id,
        name,
        state,
        is_renewable,
    }))
}
