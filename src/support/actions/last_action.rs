//! The newest record of what support did for a player, kind by kind. A form quotes the one that its page was made
//! with: if there is a newer one, somebody has acted meanwhile, or the form was sent twice.

use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::{self, AuditEntry, AuditFilter, Kind};
use crate::platform::crypto::vault::Vault;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::ids::PlayerId;
use crate::support::actions::model::Verb;

/// No page of the desk is older: sessions end sooner.
const LOOKED_BACK: TimeDelta = TimeDelta::hours(24);

/// The verbs that leave nothing but their record to be recognised by.
const BY_RECORD: [Verb; 4] = [Verb::CheckLink, Verb::EndSessions, Verb::SendReset, Verb::Note];

/// Ids of the newest records, for the forms of a page.
#[derive(Clone, Debug, Default)]
pub(in crate::support) struct LastAction(Vec<(Verb, String)>);

impl LastAction {
    /// To be read before whatever else the page shows: then a page never quotes what it does not show.
    pub(in crate::support) fn read(
        conn: &mut Conn,
        vault: &Vault,
        player: &PlayerId,
        now: DateTime<Utc>,
    ) -> QueryResult<Self> {
        BY_RECORD
            .into_iter()
            .map(|verb| {
                let newest = newest(conn, vault, player, verb.record(), now)?;
                Ok((verb, newest.map_or_else(String::new, |record| record.id)))
            })
            .collect::<QueryResult<_>>()
            .map(Self)
    }

    pub(super) fn of(&self, verb: Verb) -> &str {
        self.0.iter().find(|(known, _)| *known == verb).map_or("", |(_, id)| id.as_str())
    }
}

/// The newest record of this kind about the player, if it is no older than a page can be.
pub(super) fn newest(
    conn: &mut Conn,
    vault: &Vault,
    player: &PlayerId,
    kind: Kind,
    now: DateTime<Utc>,
) -> QueryResult<Option<AuditEntry>> {
    let filter = AuditFilter {
        kinds: vec![kind],
        player: Some(player.clone()),
        from: Some(now - LOOKED_BACK),
        ..AuditFilter::default()
    };
    Ok(audit::list(conn, vault, &filter, None, 1)?.pop())
}
