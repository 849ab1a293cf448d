//! A link with its sealed token.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::db::{Conn, UtcTime};
use crate::words::{LinkId, LinkState, PlayerId};

pub(super) struct Kept {
    pub id: LinkId,
    pub state: LinkState,
    pub since: DateTime<Utc>,
    pub amazon_id: String,
    pub client_id: String,
    pub scopes: String,
    pub access: Option<(Vec<u8>, DateTime<Utc>)>,
}

type Columns = (LinkId, LinkState, UtcTime, String, String, String, Option<Vec<u8>>, Option<UtcTime>);

pub(super) fn find(conn: &mut Conn, player: &PlayerId) -> QueryResult<Option<Kept>> {
    let row: Option<Columns> = dsl::amazon_links
        .filter(dsl::player_id.eq(player))
        .select((
            dsl::id,
            dsl::state,
            dsl::state_since,
            dsl::amazon_id,
            dsl::client_id,
            dsl::scopes,
            dsl::access_token_sealed,
            dsl::access_token_expires_at,
        ))
        .first(conn)
        .optional()?;
    Ok(row.map(|(id, state, since, amazon_id, client_id, scopes, sealed, expires_at)| Kept {
        id,
        state,
        since: since.into(),
        amazon_id,
        client_id,
        scopes,
        access: sealed.zip(expires_at.map(Into::into)),
    }))
}
