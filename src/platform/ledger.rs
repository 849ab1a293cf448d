//! The ledger: files beside the database that say which players were erased and which links have ended (S165).
//!
//! A restored backup has them again, and only something outside the database can tell. Each copy of the program
//! appends to a file of its own in the directory `DOVETAIL_LEDGER`. A line holds a random id and a time, and no
//! personal data.
//!
//! A line is synced to the disk *before* its transaction commits, so that nothing ends unrecorded: if the ledger
//! cannot be written, the transaction fails. A second line says what became of the transaction. Where it is missing,
//! because the program was killed between the two, the next start looks whether the row is still there
//! ([`Ledger::settle`]), and a restore carries the line out: its player had asked for it.
//!
//! A transaction runs on one thread from start to end, so what it ends is stored per thread until it commits, as its
//! counts are.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::platform::fault::Fault;

/// What has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ended {
    /// A player was erased.
    Player,
    /// A link was removed, replaced, or withdrawn at Amazon.
    Link,
}

/// What became of a transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Fate {
    Done,
    Void,
}

/// One line of a file: the end of something, or what became of the transaction that ended it.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
enum Line {
    Fate { n: u64, fate: Fate },
    End { n: u64, at: DateTime<Utc>, ended: Ended, id: String },
}

/// The end of a player or a link, as the ledger has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LedgerEntry {
    pub at: DateTime<Utc>,
    pub ended: Ended,
    pub id: String,
    /// False if nothing says whether the transaction was committed.
    pub is_sure: bool,
}

/// A directory with the files of all copies of the program, and this copy's own file.
pub struct Ledger {
    directory: PathBuf,
    own: Mutex<OwnFile>,
}

#[derive(Default)]
struct OwnFile {
    /// Made at the first entry.
    file: Option<File>,
    /// The number of the last transaction.
    last: u64,
    /// Whether the last line was not written as a whole, so that another must not follow it.
    is_torn: bool,
}

const ENDING: &str = "ledger";

/// What a transaction ends: when, what and its id.
type NotedEnds = Vec<(DateTime<Utc>, Ended, String)>;

thread_local! {
    /// `None` outside a transaction of `Db::write`.
    static NOTED: RefCell<Option<NotedEnds>> = const { RefCell::new(None) };
}

/// Notes that the transaction on this thread ends something. The functions that delete it call this.
pub fn note_end(ended: Ended, id: &str, at: DateTime<Utc>) {
    NOTED.with_borrow_mut(|noted| {
        if let Some(noted) = noted {
            noted.push((at, ended, id.to_owned()));
        }
    });
}

/// How a transaction has ended for the ledger.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    Done,
    RolledBack,
    /// The connection was lost during the commit.
    Unknown,
}

/// The lines of one transaction, until it is known whether it was committed.
pub struct OpenLines(Option<u64>);

impl Ledger {
    /// The ledger in this directory, which must exist.
    pub fn open(directory: &Path) -> Result<Self, Fault> {
        let ledger = Self { directory: directory.to_owned(), own: Mutex::default() };
        ledger.files()?;
        Ok(ledger)
    }

    /// Begins to collect what the transaction on this thread ends.
    pub(in crate::platform) fn begin() {
        NOTED.set(Some(Vec::new()));
    }

    /// Forgets what was collected.
    pub(in crate::platform) fn forget() {
        NOTED.set(None);
    }

    /// Writes what the transaction on this thread has ended so far, and syncs it. Call it last before the commit.
    pub(in crate::platform) fn write_noted(&self) -> Result<OpenLines, Fault> {
        let noted = NOTED.take().unwrap_or_default();
        if noted.is_empty() {
            return Ok(OpenLines(None));
        }
        let mut own = self.own();
        let n = own.last + 1;
        // Used up also if writing fails: some lines may be in the file, and another transaction must not close them.
        own.last = n;
        let lines = noted.into_iter().map(|(at, ended, id)| Line::End { n, at, ended, id });
        self.append(&mut own, lines).map_err(|error| {
            tracing::error!(
                event = "platform.ledger.not_written",
                alert = "ledger_not_written",
                %error,
                "the ledger was not written, so nothing was erased or unlinked"
            );
            Fault::busy("writing the ledger", error)
        })?;
        Ok(OpenLines(Some(n)))
    }

    /// Writes what became of the transaction. A failure is only logged: the end itself is recorded.
    pub(in crate::platform) fn close(&self, lines: &OpenLines, commit: Commit) {
        let fate = match commit {
            Commit::Done => Fate::Done,
            Commit::RolledBack => Fate::Void,
            Commit::Unknown => return,
        };
        let Some(n) = lines.0 else { return };
        if let Err(error) = self.append(&mut self.own(), [Line::Fate { n, fate }].into_iter()) {
            tracing::error!(
                event = "platform.ledger.not_closed",
                alert = "ledger_not_written",
                %error,
                "the ledger does not say what became of a transaction"
            );
        }
    }

    /// All entries of all files that were not taken back, the oldest first.
    pub fn read(&self) -> Result<Vec<LedgerEntry>, Fault> {
        let mut entries = Vec::new();
        for path in self.files()? {
            entries.extend(read_file(&path)?.into_entries());
        }
        entries.sort_by_key(|entry| entry.at);
        Ok(entries)
    }

    /// Takes back the entries of copies that have died before they could say what became of a transaction, where the
    /// row `is_there` still. Returns how many.
    ///
    /// A file that its copy still holds is left alone.
    pub fn settle(&self, is_there: impl Fn(&LedgerEntry) -> Result<bool, Fault>) -> Result<usize, Fault> {
        let during = "settling the ledger";
        let mut settled = 0;
        for path in self.files()? {
            let mut file = match OpenOptions::new().append(true).open(&path) {
                Ok(file) => file,
                // Another user's file is only read.
                Err(error) if error.kind() == io::ErrorKind::PermissionDenied => continue,
                Err(error) => return Err(Fault::broken(during, error)),
            };
            if file.try_lock().is_err() {
                continue;
            }
            let read = read_file(&path)?;
            let mut text = if read.is_torn { "\n".to_owned() } else { String::new() };
            for (n, entries) in read.open_transactions() {
                let mut fate = Fate::Done;
                for entry in &entries {
                    if is_there(entry)? {
                        fate = Fate::Void;
                    }
                }
                text.push_str(
                    &as_text(&Line::Fate { n, fate }).map_err(|error| Fault::broken(during, error))?,
                );
                settled += 1;
            }
            if settled > 0 && !text.is_empty() {
                file.write_all(text.as_bytes())
                    .and_then(|()| file.sync_all())
                    .map_err(|error| Fault::broken(during, error))?;
            }
        }
        Ok(settled)
    }

    fn own(&self) -> MutexGuard<'_, OwnFile> {
        self.own.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn append(&self, own: &mut OwnFile, lines: impl Iterator<Item = Line>) -> io::Result<()> {
        let mut text = if own.is_torn { "\n".to_owned() } else { String::new() };
        for line in lines {
            text.push_str(&as_text(&line)?);
        }
        let file = match &mut own.file {
            Some(file) => file,
            none => none.insert(self.new_file()?),
        };
        own.is_torn = true;
        file.write_all(text.as_bytes())?;
        own.is_torn = false;
        file.sync_all()
    }

    /// A new file, locked for as long as this copy runs, and synced into its directory.
    fn new_file(&self) -> io::Result<File> {
        let mut random = [0_u8; 16];
        getrandom::fill(&mut random).map_err(io::Error::other)?;
        let name = format!("{}.{ENDING}", uuid::Builder::from_random_bytes(random).into_uuid());
        let path = self.directory.join(name);
        let file = OpenOptions::new().append(true).create_new(true).mode(0o600).open(path)?;
        file.try_lock().map_err(|_| io::Error::other("the new file is locked"))?;
        File::open(&self.directory)?.sync_all()?;
        Ok(file)
    }

    fn files(&self) -> Result<Vec<PathBuf>, Fault> {
        let during = "reading the directory of the ledger";
        let mut paths = Vec::new();
        for entry in fs::read_dir(&self.directory).map_err(|error| Fault::broken(during, error))? {
            let path = entry.map_err(|error| Fault::broken(during, error))?.path();
            if path.extension().is_some_and(|ending| ending == ENDING) {
                paths.push(path);
            }
        }
        paths.sort();
        Ok(paths)
    }
}

/// The ends in one file, by transaction, and what became of each.
#[derive(Default)]
struct ReadFile {
    ends: BTreeMap<u64, Vec<LedgerEntry>>,
    fates: HashMap<u64, Fate>,
    is_torn: bool,
}

impl ReadFile {
    fn into_entries(self) -> Vec<LedgerEntry> {
        let fates = self.fates;
        let kept = self.ends.into_iter().filter(|(n, _)| fates.get(n) != Some(&Fate::Void));
        kept.flat_map(|(n, entries)| {
            let is_sure = fates.contains_key(&n);
            entries.into_iter().map(move |entry| LedgerEntry { is_sure, ..entry })
        })
        .collect()
    }

    fn open_transactions(self) -> Vec<(u64, Vec<LedgerEntry>)> {
        let fates = self.fates;
        self.ends.into_iter().filter(|(n, _)| !fates.contains_key(n)).collect()
    }
}

/// Reads a file. A line that was cut off while it was written is skipped, because its transaction never committed.
fn read_file(path: &Path) -> Result<ReadFile, Fault> {
    let during = "reading the ledger";
    let text = fs::read_to_string(path).map_err(|error| Fault::broken(during, error))?;
    let mut read = ReadFile { is_torn: !text.is_empty() && !text.ends_with('\n'), ..ReadFile::default() };
    for line in text.lines() {
        match serde_json::from_str(line) {
            Ok(Line::Fate { n, fate }) => drop(read.fates.insert(n, fate)),
            Ok(Line::End { n, at, ended, id }) => {
                let entry = LedgerEntry { at, ended, id, is_sure: false };
                read.ends.entry(n).or_default().push(entry);
            }
            Err(_) => {
                tracing::warn!(event = "platform.ledger.line_skipped", "a line of the ledger is cut off");
            }
        }
    }
    Ok(read)
}

fn as_text(line: &Line) -> io::Result<String> {
    let mut text = serde_json::to_string(line).map_err(io::Error::other)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(ledger: &Ledger, id: &str, commit: Option<Commit>) {
        Ledger::begin();
        note_end(Ended::Player, id, DateTime::UNIX_EPOCH);
        let lines = ledger.write_noted().unwrap();
        if let Some(commit) = commit {
            ledger.close(&lines, commit);
        }
    }

    fn ids(entries: &[LedgerEntry]) -> Vec<(&str, bool)> {
        entries.iter().map(|entry| (entry.id.as_str(), entry.is_sure)).collect()
    }

    #[test]
    fn what_was_rolled_back_is_taken_back_and_what_is_open_counts() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        written(&ledger, "done", Some(Commit::Done));
        written(&ledger, "void", Some(Commit::RolledBack));
        written(&ledger, "lost", Some(Commit::Unknown));
        written(&ledger, "open", None);
        let entries = ledger.read().unwrap();
        assert_eq!(ids(&entries), [("done", true), ("lost", false), ("open", false)]);

        // This copy runs, so its open lines are its own matter.
        let other = Ledger::open(folder.path()).unwrap();
        assert_eq!(other.settle(|_| Ok(true)).unwrap(), 0);
        drop(ledger);
        assert_eq!(other.settle(|entry| Ok(entry.id == "open")).unwrap(), 2);
        assert_eq!(ids(&other.read().unwrap()), [("done", true), ("lost", true)]);
    }

    #[test]
    fn a_line_that_was_cut_off_is_skipped_and_the_next_one_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        written(&ledger, "first", Some(Commit::Done));
        drop(ledger);
        let path = fs::read_dir(folder.path()).unwrap().next().unwrap().unwrap().path();
        let mut file = OpenOptions::new().append(true).open(&path).unwrap();
        file.write_all(b"{\"n\":2,\"at\":\"19").unwrap();
        let other = Ledger::open(folder.path()).unwrap();
        written(&other, "second", Some(Commit::Done));
        let entries = other.read().unwrap();
        let mut found = ids(&entries);
        found.sort_unstable();
        assert_eq!(found, [("first", true), ("second", true)], "the files are read in any order");
    }

    #[test]
    fn nothing_is_written_outside_a_transaction_or_for_one_that_ends_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        note_end(Ended::Link, "outside", DateTime::UNIX_EPOCH);
        Ledger::begin();
        ledger.close(&ledger.write_noted().unwrap(), Commit::Done);
        assert!(ledger.files().unwrap().is_empty());
    }

    #[test]
    fn a_ledger_that_cannot_be_written_stops_the_transaction() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path()).unwrap();
        fs::remove_dir_all(folder.path()).unwrap();
        Ledger::begin();
        note_end(Ended::Player, "p", DateTime::UNIX_EPOCH);
        assert!(ledger.write_noted().is_err());
    }
}
