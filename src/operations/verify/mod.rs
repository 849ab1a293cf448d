//! `dovetail verify`: checks the invariants of the stored data, on a live database or a copy.
//!
//! A finding names table and row id, and never an address, a name or a token of the row. Rows are read in
//! batches in the order of their ids, so memory does not grow with the database. Related rows are read in the
//! same query or a later one, so that a portal may write meanwhile. Nothing is changed, and a schema that is
//! not this program's is refused.
//!
//! I8 (what a caller was told survives a crash) is not visible in rows. The tests that kill the program check
//! it.

mod audit_records;
mod closing;
mod lifetimes;
mod links;
mod login_methods;
mod open_ends;
mod passwords;
mod proofs;
mod secrets;
mod sessions;
mod single_use;

#[cfg(feature = "test-support")]
pub use self::secrets::TABLES;

use chrono::{DateTime, TimeDelta, Utc};

use crate::app::App;
use crate::platform::db::{Conn, QueryResult, migrate};
use crate::platform::fault::Fault;
use crate::platform::password::PasswordHasher;

/// Rows per batch.
const BATCH: i64 = 1_000;

/// A violation of an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvariantFinding {
    /// `I1` to `I15`.
    pub invariant: &'static str,
    pub table: &'static str,
    /// The row's id; never personal data.
    pub row: String,
    /// What is wrong with the row: "belongs to a player who is disabled".
    pub says: &'static str,
}

/// What the checks need besides the rows.
#[derive(Clone)]
struct VerifyTools {
    now: DateTime<Utc>,
    passwords: PasswordHasher,
    /// How often a code may be tried.
    tries: i64,
    /// How long audit records are kept.
    records_kept: TimeDelta,
}

/// The result of one batch.
struct VerifyBatch {
    /// The id of the last row, or `None` if there was no row.
    last: Option<String>,
    rows: usize,
    findings: Vec<InvariantFinding>,
}

/// Checks the next rows of one table, with ids after `after`.
type RowJudge = fn(&mut Conn, &VerifyTools, after: &str) -> QueryResult<VerifyBatch>;

/// An invariant, its text, and the checks of its tables.
pub struct Invariant {
    pub id: &'static str,
    pub says: &'static str,
    judges: &'static [RowJudge],
}

/// All invariants, in order.
pub const INVARIANTS: &[Invariant] = &[
    Invariant {
        id: "I1",
        says: "an Amazon identity is on at most one player, and a player has at most one",
        judges: &[links::one_each],
    },
    Invariant {
        id: "I2",
        says: "stored tokens exist only for a live link",
        judges: &[links::tokens_of_live_links, links::tokens_of_open_attempts],
    },
    Invariant {
        id: "I3",
        says: "no session belongs to a player who is gone or disabled",
        judges: &[sessions::of_players_who_may_use_them, sessions::of_games],
    },
    Invariant {
        id: "I4",
        says: "one-time things are spent at most once, and tried no more often than allowed",
        judges: single_use::JUDGES,
    },
    Invariant { id: "I5", says: "every account has a way in", judges: &[login_methods::of_every_player] },
    Invariant {
        id: "I6",
        says: "every link, and every end of one, has its audit record",
        judges: &[audit_records::of_links, audit_records::of_ends],
    },
    Invariant { id: "I7", says: "no plaintext secret is in the database", judges: secrets::JUDGES },
    Invariant {
        id: "I9",
        says: "every stored password hash parses, and its cost is within bounds",
        judges: &[passwords::of_players, passwords::of_registrations, passwords::of_staff],
    },
    Invariant {
        id: "I10",
        says: "a proof of identity belongs to the session or token in which it was given",
        judges: proofs::JUDGES,
    },
    Invariant {
        id: "I11",
        says: "what is open rests on its player's own session, and on nothing that was ended",
        judges: open_ends::JUDGES,
    },
    Invariant {
        id: "I12",
        says: "no session or token outlives what the settings allow at most",
        judges: lifetimes::JUDGES,
    },
    Invariant {
        id: "I13",
        says: "a link that a game made opens no browser before it is confirmed",
        judges: &[links::confirmed_ones, links::sessions_of_unconfirmed_ones],
    },
    Invariant {
        id: "I14",
        says: "an account that closes is disabled, has no token of Amazon's, and goes when its time is over",
        judges: &[closing::accounts],
    },
    Invariant {
        id: "I15",
        says: "no session is older than the last restored backup",
        judges: &[closing::sessions_after_restore],
    },
];

/// The counts of one invariant's check.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct JudgedRow {
    pub rows: usize,
    pub findings: usize,
}

/// Checks one invariant over all its rows.
///
/// `found` is called with each finding, `read` with the number of rows of each batch.
pub async fn judge(
    app: &App,
    invariant: &Invariant,
    found: &mut dyn FnMut(&InvariantFinding),
    read: &mut dyn FnMut(usize),
) -> Result<JudgedRow, Fault> {
    let tools = VerifyTools {
        now: app.clock.now(),
        passwords: app.passwords.clone(),
        tries: i64::from(app.config.policy.codes.tries),
        records_kept: app.config.audit.keep_for,
    };
    let mut judged = JudgedRow::default();
    for &judge in invariant.judges {
        let mut after = String::new();
        loop {
            let (tools, from) = (tools.clone(), after.clone());
            let batch = app.db.read(move |conn| judge(conn, &tools, &from)).await?;
            batch.findings.iter().for_each(&mut *found);
            read(batch.rows);
            judged.rows += batch.rows;
            judged.findings += batch.findings.len();
            match batch.last {
                Some(last) => after = last,
                None => break,
            }
        }
    }
    Ok(judged)
}

/// Whether the schema is this program's. The rows of another schema cannot be checked.
pub fn is_judgeable(conn: &mut Conn) -> Result<bool, Fault> {
    let status = migrate::status(conn)?;
    Ok(status.pending.is_empty() && status.unknown.is_empty())
}

/// Builds the result of a batch. `judge` returns what is wrong with a row, if anything.
fn batch<R>(
    invariant: &'static str,
    table: &'static str,
    rows: &[R],
    id_of: impl Fn(&R) -> &str,
    mut judge: impl FnMut(&R) -> Option<&'static str>,
) -> VerifyBatch {
    let last = rows.last().map(|row| id_of(row).to_owned());
    let findings = rows
        .iter()
        .filter_map(|row| {
            judge(row).map(|says| InvariantFinding { invariant, table, row: id_of(row).to_owned(), says })
        })
        .collect();
    VerifyBatch { last, rows: rows.len(), findings }
}
