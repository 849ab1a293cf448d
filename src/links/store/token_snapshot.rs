//! Parts of queries that several writers share: the snapshot condition and the cleared lease.

use diesel::dsl::auto_type;
use diesel::prelude::*;

use crate::platform::db::UtcTime;
use crate::platform::db::schema::amazon_links;
use crate::platform::db::schema::amazon_links::dsl;
use crate::platform::ids::{LinkId, PlayerId};

/// The tokens that were sent to Amazon: their link, player, identity and version, and the lease.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub struct TokenSnapshot {
    #[diesel(column_name = id)]
    pub link: LinkId,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub amazon_id: String,
    pub token_version: i64,
    #[diesel(select_expression = amazon_links::lease_owner.assume_not_null())]
    pub lease: String,
}

/// The link, if it still matches the snapshot (S71).
#[auto_type]
pub fn matching_snapshot<'a>(snapshot: &'a TokenSnapshot) -> _ {
    let (link, player): (&'a LinkId, &'a PlayerId) = (&snapshot.link, &snapshot.player);
    let (amazon_id, lease): (&'a str, &'a str) = (snapshot.amazon_id.as_str(), snapshot.lease.as_str());
    let version: i64 = snapshot.token_version;
    dsl::amazon_links
        .filter(dsl::id.eq(link))
        .filter(dsl::player_id.eq(player))
        .filter(dsl::amazon_id.eq(amazon_id))
        .filter(dsl::token_version.eq(version))
        .filter(dsl::lease_owner.eq(lease))
}

/// Clears the lease, the failures and the mark of the mass-revocation guard.
#[derive(AsChangeset, Default)]
#[diesel(table_name = amazon_links, treat_none_as_null = true)]
pub struct ClearLease {
    failures: i64,
    retry_at: Option<UtcTime>,
    held_at: Option<UtcTime>,
    lease_owner: Option<String>,
    lease_until: Option<UtcTime>,
}
