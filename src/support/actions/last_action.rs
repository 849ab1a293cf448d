//! The newest audit record of each action on a player.
//!
//! A form quotes the record that was the newest when its page was made. A newer record means that somebody else
//! has acted since, or that the form was sent twice.

use chrono::{DateTime, TimeDelta, Utc};

use crate::audit::{self, AuditEntry, AuditFilter, Kind};
use crate::platform::crypto::vault::Vault;
use crate::platform::db::{Conn, QueryResult};
use crate::platform::ids::PlayerId;
use crate::support::actions::model::Verb;

/// No page is older than this, because sessions of staff end sooner.
const LOOKED_BACK: TimeDelta = TimeDelta::hours(24);

/// The actions whose only trace is their audit record.
const BY_RECORD: [Verb; 4] = [Verb::CheckLink, Verb::EndSessions, Verb::SendReset, Verb::Note];

/// Ids of the newest audit records, for the forms of a page.
#[derive(Clone, Debug, Default)]
pub(in crate::support) struct LastAction(Vec<(Verb, String)>);

impl LastAction {
    /// Reads the ids; callers read them first, so that a page never quotes an action that it does not show.
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

    pub(in crate::support) fn of(&self, verb: Verb) -> &str {
        self.0.iter().find(|(known, _)| *known == verb).map_or("", |(_, id)| id.as_str())
    }
}

/// The newest audit record of this kind about the player, within the age of a page.
pub(in crate::support) fn newest(
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
    Ok(audit::list_records(conn, vault, &filter, None, 1)?.pop())
}
