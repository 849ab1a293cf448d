//! Stolen passwords: a filter file that the operator builds from the lists of Pwned Passwords, and asks offline
//! (S2).
//!
//! The file has a header and the first eight bytes of the SHA-1 of each password, ordered. With two thousand million
//! entries, one good password in nine thousand million is refused by mistake. A question reads a few blocks at their
//! positions; nothing of the file is kept in memory.

use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use sha1::{Digest, Sha1};
use sha2::Sha256;
use tokio::task::spawn_blocking;

use super::policy::Password;
use crate::platform::fault::Fault;

pub use build::build_filter;

mod build;

const MAGIC: &[u8; 16] = b"dovetail-stolen\n";
const VERSION: u32 = 1;
const HEADER_BYTES: u64 = 96;
const KEY_BYTES: u64 = 8;
/// As many keys are read at once as are in a page of a disk.
const BLOCK: u64 = 512;

/// An opened filter file. Clones share it.
///
/// The file may be replaced by another while it is open, as `dovetail passwords filter` does: the old one is asked
/// until the next start.
#[derive(Clone)]
pub struct BreachedPasswords {
    file: Arc<File>,
    header: FilterHeader,
}

/// What a filter file says about itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FilterHeader {
    /// The number of passwords.
    pub count: u64,
    pub built_at: DateTime<Utc>,
    /// How often a password was stolen at least.
    pub min_count: u64,
    /// SHA-256 of all that follows the header.
    body: [u8; 32],
}

/// Why a file is not used as a filter: the rest of a sentence about it.
#[derive(Debug)]
pub enum FilterRefused {
    Unreadable(PathBuf, io::Error),
    NoFilter(PathBuf),
    OtherVersion(PathBuf, u32),
    /// It has another length than its header says.
    CutShort(PathBuf),
    /// Its passwords are not those that were written.
    Damaged(PathBuf),
}

impl fmt::Display for FilterRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const AGAIN: &str = "build it again with `dovetail passwords filter`";
        match self {
            Self::Unreadable(path, why) => write!(f, "names {}, which cannot be read: {why}", path.display()),
            Self::NoFilter(path) => {
                write!(
                    f,
                    "names {}, which is no filter: build one with `dovetail passwords filter`",
                    path.display()
                )
            }
            Self::OtherVersion(path, version) => {
                write!(f, "names {}, a filter of format {version}, not {VERSION}: {AGAIN}", path.display())
            }
            Self::CutShort(path) => {
                write!(
                    f,
                    "names {}, which is not as long as it was written: copy it again, or {AGAIN}",
                    path.display()
                )
            }
            Self::Damaged(path) => {
                write!(
                    f,
                    "names {}, which is not as it was written: copy it again, or {AGAIN}",
                    path.display()
                )
            }
        }
    }
}

impl FilterHeader {
    fn to_bytes(self) -> Vec<u8> {
        let mut bytes = MAGIC.to_vec();
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend([0; 4]);
        bytes.extend(self.count.to_be_bytes());
        bytes.extend(self.built_at.timestamp().to_be_bytes());
        bytes.extend(self.min_count.to_be_bytes());
        bytes.extend(self.body);
        let check = Sha256::digest(&bytes);
        bytes.extend(check.iter().take(16));
        bytes
    }

    fn read(path: &Path, file: &File) -> Result<Self, FilterRefused> {
        let no_filter = || FilterRefused::NoFilter(path.to_owned());
        let mut bytes = Vec::new();
        let unreadable = |error| FilterRefused::Unreadable(path.to_owned(), error);
        file.take(HEADER_BYTES).read_to_end(&mut bytes).map_err(unreadable)?;
        let (magic, rest) = bytes.split_first_chunk::<16>().ok_or_else(no_filter)?;
        let (version, rest) = rest.split_first_chunk::<4>().ok_or_else(no_filter)?;
        if magic != MAGIC {
            return Err(no_filter());
        }
        if u32::from_be_bytes(*version) != VERSION {
            return Err(FilterRefused::OtherVersion(path.to_owned(), u32::from_be_bytes(*version)));
        }
        let cut = || FilterRefused::CutShort(path.to_owned());
        if (bytes.len() as u64) < HEADER_BYTES {
            return Err(cut());
        }
        let (_, rest) = rest.split_first_chunk::<4>().ok_or_else(cut)?;
        let (count, rest) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let (built_at, rest) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let (min_count, rest) = rest.split_first_chunk::<8>().ok_or_else(cut)?;
        let (body, _) = rest.split_first_chunk::<32>().ok_or_else(cut)?;
        let header = Self {
            count: u64::from_be_bytes(*count),
            built_at: DateTime::from_timestamp(i64::from_be_bytes(*built_at), 0).unwrap_or_default(),
            min_count: u64::from_be_bytes(*min_count),
            body: *body,
        };
        if header.to_bytes() != bytes {
            return Err(FilterRefused::Damaged(path.to_owned()));
        }
        let length = file.metadata().map_err(unreadable)?.len();
        let is_whole = header.count.checked_mul(KEY_BYTES).and_then(|keys| keys.checked_add(HEADER_BYTES));
        if is_whole == Some(length) { Ok(header) } else { Err(cut()) }
    }
}

impl BreachedPasswords {
    /// Opens a filter and checks its header and its length. [`Self::check`] reads the rest.
    pub fn open(path: &Path) -> Result<Self, FilterRefused> {
        let file = File::open(path).map_err(|error| FilterRefused::Unreadable(path.to_owned(), error))?;
        let header = FilterHeader::read(path, &file)?;
        Ok(Self { file: Arc::new(file), header })
    }

    pub fn header(&self) -> &FilterHeader {
        &self.header
    }

    /// Reads the whole file at `path` and compares it with its checksum.
    pub fn check(path: &Path) -> Result<Self, FilterRefused> {
        let filter = Self::open(path)?;
        let unreadable = |error| FilterRefused::Unreadable(path.to_owned(), error);
        let mut body = Sha256::new();
        let mut reader = BufReader::with_capacity(1 << 20, &*filter.file);
        let mut block = vec![0; 1 << 16];
        loop {
            let read = reader.read(&mut block).map_err(unreadable)?;
            match block.get(..read) {
                Some(bytes) if !bytes.is_empty() => body.update(bytes),
                _ => break,
            }
        }
        if body.finalize().as_slice() == filter.header.body {
            Ok(filter)
        } else {
            Err(FilterRefused::Damaged(path.to_owned()))
        }
    }

    /// Whether the password is in the filter. It reads the disk on a thread that may block.
    pub async fn contains(&self, password: &Password) -> Result<bool, Fault> {
        const DURING: &str = "asking the filter of stolen passwords";
        let (filter, key) = (self.clone(), key_of(&Sha1::digest(password.as_bytes())));
        let answer = spawn_blocking(move || filter.contains_key(key)).await;
        answer.map_err(|error| Fault::broken(DURING, error))?.map_err(|error| Fault::broken(DURING, error))
    }

    /// The keys are evenly spread, so the place of one can be guessed: a guess in turn with a halving is quick for
    /// them and never slow for others.
    fn contains_key(&self, key: u64) -> io::Result<bool> {
        let (mut low, mut high) = (0, self.header.count);
        let (mut lowest, mut highest) = (0, u64::MAX);
        let mut is_guess = true;
        while high - low > BLOCK {
            let place = if is_guess { guess(key, lowest, highest, high - low) } else { (high - low) / 2 };
            is_guess = !is_guess;
            let middle = low + place.min(high - low - 1);
            match self.key_at(middle)? {
                found if found == key => return Ok(true),
                found if found < key => (low, lowest) = (middle + 1, found),
                found => (high, highest) = (middle, found),
            }
        }
        let mut block = vec![0; usize::try_from((high - low) * KEY_BYTES).unwrap_or_default()];
        self.file.read_exact_at(&mut block, HEADER_BYTES + low * KEY_BYTES)?;
        let wanted = key.to_be_bytes();
        Ok(block.as_chunks::<8>().0.binary_search(&wanted).is_ok())
    }

    fn key_at(&self, index: u64) -> io::Result<u64> {
        let mut bytes = [0; 8];
        self.file.read_exact_at(&mut bytes, HEADER_BYTES + index * KEY_BYTES)?;
        Ok(u64::from_be_bytes(bytes))
    }
}

/// Where `key` would be among `count` keys that are spread evenly from `lowest` to `highest`.
fn guess(key: u64, lowest: u64, highest: u64, count: u64) -> u64 {
    let span = u128::from(highest.saturating_sub(lowest)).max(1);
    let place = u128::from(key.saturating_sub(lowest)) * u128::from(count) / span;
    u64::try_from(place).unwrap_or(u64::MAX)
}

/// What the filter keeps of a SHA-1.
fn key_of(sha1: &[u8]) -> u64 {
    sha1.first_chunk::<8>().map_or(0, |first| u64::from_be_bytes(*first))
}

#[cfg(test)]
mod tests;
