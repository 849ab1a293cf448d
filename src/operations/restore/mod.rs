//! What follows when a backup has been put back in place of the database (S166).
//!
//! The backup does not know what has ended since. Sessions, tokens and codes from before are over, because some of
//! them had ended. The feed goes on far above every position that game servers have seen. The ledger (see
//! `platform::ledger`) tells which players are to be erased again and which links had ended; without it, every link
//! has to be checked at Amazon before its token is given out.
//!
//! Each step may run again, and the erasures come last: until they are done the ledger is ahead of the database, and
//! the portal does not start. Where the ledger has ended nothing since the backup, only the operator knows of it.

mod store;

use std::cell::RefCell;
use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde_json::json;

use crate::accounts::players;
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::{self, TokenStop};
use crate::operations::cleanup;
use crate::outbound::link_events;
use crate::platform::db::{Conn, new_id};
use crate::platform::fault::Fault;
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::ledger::{Ended, LedgerEntry};
use crate::privacy;

/// How far the feed's positions jump. No portal has given so many since its last backup.
const JUMP: i64 = 1_000_000_000;

/// How far the versions of players jump.
const VERSIONS: i64 = 1_000_000;

/// Rows in one query or transaction.
const BATCH: usize = 500;

/// The reference of the audit records.
const REFERENCE: &str = "restore";

/// What the ledger has ended and the database still has.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LedgerLead {
    /// Players to be erased again.
    pub players: Vec<PlayerId>,
    /// Links that had ended, with their players.
    pub links: Vec<(LinkId, PlayerId)>,
}

impl LedgerLead {
    pub fn is_empty(&self) -> bool {
        self.players.is_empty() && self.links.is_empty()
    }
}

/// What a restore has done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoreDone {
    pub epoch: i64,
    /// Sessions, codes and other open things that ended.
    pub ended: usize,
    pub links: usize,
    /// Whether every link is checked at Amazon, because there is no ledger.
    pub are_links_doubted: bool,
    pub players: usize,
}

/// Whose entries count.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Certainty {
    /// Only transactions that are known to be committed.
    Sure,
    /// Also those of a program that was killed meanwhile: the player had asked for it.
    All,
}

/// What the ledger is ahead of the database. Empty without a ledger.
pub fn ledger_lead(app: &App, certainty: Certainty) -> Result<LedgerLead, Fault> {
    let Some(ledger) = app.db.ledger() else { return Ok(LedgerLead::default()) };
    let entries = ledger.read()?;
    let conn = &mut *app.db.connection()?;
    let counts = |entry: &&LedgerEntry| entry.is_sure || certainty == Certainty::All;
    lead_of(conn, &entries.iter().filter(counts).collect::<Vec<_>>())
}

fn lead_of(conn: &mut Conn, entries: &[&LedgerEntry]) -> Result<LedgerLead, Fault> {
    let mut lead = LedgerLead::default();
    let erased: Vec<PlayerId> =
        of_kind(entries, Ended::Player).map(|entry| entry.id.clone().into()).collect();
    for batch in erased.chunks(BATCH) {
        lead.players.extend(players::store::existing_players(conn, batch)?);
    }
    let mut ended_at: HashMap<String, DateTime<Utc>> = HashMap::new();
    for entry in of_kind(entries, Ended::Link) {
        let last = ended_at.entry(entry.id.clone()).or_insert(entry.at);
        *last = entry.at.max(*last);
    }
    let ended: Vec<LinkId> = ended_at.keys().cloned().map(LinkId::from).collect();
    for batch in ended.chunks(BATCH) {
        let live = links::links_with_life(conn, batch)?.into_iter();
        // A link that was revoked and then reconnected is younger than its entry.
        let is_older =
            |link: &links::LivingLink| ended_at.get(link.id.as_str()).is_some_and(|at| *at >= link.since);
        lead.links.extend(live.filter(is_older).map(|link| (link.id, link.player)));
    }
    lead.players.sort();
    lead.players.dedup();
    Ok(lead)
}

fn of_kind<'a>(entries: &'a [&LedgerEntry], ended: Ended) -> impl Iterator<Item = &'a LedgerEntry> {
    entries.iter().copied().filter(move |entry| entry.ended == ended)
}

/// Closes the ledger's lines of copies that were killed, by what the database says. Only at a start.
pub fn settle_ledger(app: &App) -> Result<usize, Fault> {
    let Some(ledger) = app.db.ledger() else { return Ok(0) };
    let conn = RefCell::new(app.db.connection()?);
    ledger.settle(|entry| Ok(!lead_of(&mut conn.borrow_mut(), &[entry])?.is_empty()))
}

/// Does all that follows a restored backup.
pub async fn finish_restore(app: &App) -> Result<RestoreDone, Fault> {
    let lead = ledger_lead(app, Certainty::All)?;
    let has_ledger = app.db.ledger().is_some();
    let epoch = begin_epoch(app, has_ledger).await?;
    let mut ended = cleanup::end_all_open(app).await?;
    raise_versions(app).await?;
    let links = if has_ledger { stop_links(app, &lead.links).await? } else { doubt_links(app).await? };
    let players = privacy::erase_again(app, &lead.players).await?;
    ended += cleanup::end_changes_of_address(app).await?;
    // SQLite's write-ahead log still contains the deleted rows.
    app.db.empty_log().await?;
    Ok(RestoreDone { epoch, ended, links, are_links_doubted: !has_ledger, players })
}

/// Erases again what the ledger has erased, and nothing else. Returns how many players.
pub async fn replay_erasures(app: &App) -> Result<usize, Fault> {
    let lead = ledger_lead(app, Certainty::All)?;
    let erased = privacy::erase_again(app, &lead.players).await?;
    app.db.empty_log().await?;
    Ok(erased)
}

/// A proof or cookie that names a version from after the backup must not fit again.
async fn raise_versions(app: &App) -> Result<(), Fault> {
    let mut after = String::new();
    loop {
        let from = after.clone();
        let last = app
            .db
            .write(move |conn| {
                let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
                Ok(players::store::raise_versions_after(conn, &from, VERSIONS, limit)?)
            })
            .await?;
        match last {
            Some(last) => after = last,
            None => return Ok(()),
        }
    }
}

/// Moves the feed on, and records the restore.
async fn begin_epoch(app: &App, has_ledger: bool) -> Result<i64, Fault> {
    let now = app.clock.now();
    let id = new_id(now);
    app.db
        .write(move |conn| {
            let epoch = store::last_epoch(conn)? + 1;
            store::insert(conn, &id, epoch, now, has_ledger)?;
            let event = AuditEvent::new(now, Kind::DatabaseRestored, Actor::Operator, REFERENCE);
            audit::append_event(conn, &event.with(json!({ "epoch": epoch, "has_ledger": has_ledger })))?;
            link_events::jump(conn, JUMP)?;
            Ok(epoch)
        })
        .await
}

async fn stop_links(app: &App, ended: &[(LinkId, PlayerId)]) -> Result<usize, Fault> {
    let at = app.clock.now();
    for (link, player) in ended {
        let (link, player) = (link.clone(), player.clone());
        app.db
            .write(move |conn| {
                players::store::lock_any_player(conn, &player)?;
                let stop =
                    TokenStop { at, actor: Actor::Operator, because: "restored", reference: REFERENCE };
                links::stop_tokens(conn, &player, &link, &stop)
            })
            .await?;
    }
    Ok(ended.len())
}

/// Takes every stored access token back, so that each link is checked at Amazon before its token is given out.
async fn doubt_links(app: &App) -> Result<usize, Fault> {
    let at = app.clock.now();
    let mut all = 0;
    loop {
        let limit = i64::try_from(BATCH).unwrap_or(i64::MAX);
        let rows = app.db.write(move |conn| Ok(links::doubt_links(conn, at, limit)?)).await?;
        all += rows;
        if rows < BATCH {
            return Ok(all);
        }
    }
}
