//! Builds a filter file from lists in the format of Pwned Passwords.
//!
//! A list is one file of lines `SHA1:COUNT` that is ordered by hash, or a set of range files, each named by the first
//! five letters of the hashes and with lines of the other 35. Lists are read line by line and merged, so that the
//! memory needed does not grow with them.

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::ffi::OsString;
use std::fmt;
use std::fs::{self, File};
use std::io::{self, BufRead, BufReader, BufWriter, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use chrono::{DateTime, Utc};
use data_encoding::HEXUPPER_PERMISSIVE;
use sha2::{Digest, Sha256};

use super::{FilterHeader, key_of};

type Sha1Bytes = [u8; 20];

/// A hash in hexadecimal, a colon, a number and the end of a line are shorter.
const MAX_LINE: u64 = 128;
const PREFIX: usize = 5;

/// What was built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BuiltFilter {
    /// Passwords in the filter.
    pub count: u64,
    /// Lines whose count was too small.
    pub left_out: u64,
}

/// Why no filter was built. Nothing is left of it.
#[derive(Debug)]
pub enum FilterSourceRefused {
    Unreadable(PathBuf, io::Error),
    Unwritable(PathBuf, io::Error),
    /// A folder has a file that is no range file.
    NoRange(PathBuf),
    NoLine(PathBuf, u64),
    Unordered(PathBuf, u64),
    /// There is no password in the lists, or none that was stolen often enough.
    Empty,
}

impl fmt::Display for FilterSourceRefused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unreadable(path, why) => write!(f, "{} cannot be read: {why}", path.display()),
            Self::Unwritable(path, why) => write!(f, "{} cannot be written: {why}", path.display()),
            Self::NoRange(path) => write!(
                f,
                "{} is not named by the first five letters of a hash, as range files are; name a list that is one \
                 file itself, not its folder",
                path.display()
            ),
            Self::NoLine(path, line) => write!(
                f,
                "{}, line {line}: expected a SHA-1 in hexadecimal, a colon and a count (in a range file the last 35 \
                 letters of the SHA-1)",
                path.display()
            ),
            Self::Unordered(path, line) => write!(
                f,
                "{}, line {line}: the hash is smaller than the one before; take the list that is ordered by hash, \
                 and each range once",
                path.display()
            ),
            Self::Empty => f.write_str("there is no password to put into a filter"),
        }
    }
}

/// Writes the filter beside `out` and puts it in its place once it is whole.
///
/// A password that was counted fewer than `min_count` times is left out, and so is one counted never, as lists that
/// are padded have them.
pub fn build_filter(
    from: &[PathBuf],
    out: &Path,
    min_count: u64,
    built_at: DateTime<Utc>,
) -> Result<BuiltFilter, FilterSourceRefused> {
    let mut part = OsString::from(out);
    part.push(".part");
    let part = PathBuf::from(part);
    let built = write_filter(from, &part, min_count.max(1), built_at).and_then(|built| {
        fs::rename(&part, out).map_err(|error| FilterSourceRefused::Unwritable(out.to_owned(), error))?;
        Ok(built)
    });
    if built.is_err() {
        // It may never have been made.
        let _ = fs::remove_file(&part);
    }
    built
}

fn write_filter(
    from: &[PathBuf],
    part: &Path,
    min_count: u64,
    built_at: DateTime<Utc>,
) -> Result<BuiltFilter, FilterSourceRefused> {
    let unwritable = |error| FilterSourceRefused::Unwritable(part.to_owned(), error);
    let mut lists = Merged::of(sources(from)?)?;
    let mut file = BufWriter::new(File::create(part).map_err(unwritable)?);
    let (mut count, mut left_out, mut last, mut body) = (0, 0, None, Sha256::new());
    let header = |count, body| FilterHeader { count, built_at, min_count, body }.to_bytes();
    // The true header is known at the end.
    file.write_all(&header(0, [0; 32])).map_err(unwritable)?;
    while let Some((hash, times)) = lists.next_line()? {
        if times < min_count {
            left_out += 1;
            continue;
        }
        let key = key_of(&hash);
        if last.replace(key) == Some(key) {
            continue;
        }
        body.update(key.to_be_bytes());
        file.write_all(&key.to_be_bytes()).map_err(unwritable)?;
        count += 1;
    }
    if count == 0 {
        return Err(FilterSourceRefused::Empty);
    }
    file.seek(SeekFrom::Start(0)).map_err(unwritable)?;
    file.write_all(&header(count, body.finalize().into())).map_err(unwritable)?;
    let file = file.into_inner().map_err(|error| unwritable(error.into_error()))?;
    file.sync_all().map_err(unwritable)?;
    Ok(BuiltFilter { count, left_out })
}

/// A file of each path, the files of each folder, and the range files among the paths, each as one ordered list.
fn sources(from: &[PathBuf]) -> Result<Vec<HashList>, FilterSourceRefused> {
    let (mut lists, mut ranges) = (Vec::new(), Vec::new());
    for path in from {
        if path.is_dir() {
            lists.push(HashList::of(ranges_in(path)?));
        } else if let Some(prefix) = prefix_of(path) {
            ranges.push((prefix, path.clone()));
        } else {
            lists.push(HashList::of(vec![(String::new(), path.clone())]));
        }
    }
    ranges.sort();
    lists.push(HashList::of(ranges));
    Ok(lists)
}

/// The range files of a folder, in the order of their hashes.
fn ranges_in(folder: &Path) -> Result<Vec<(String, PathBuf)>, FilterSourceRefused> {
    let unreadable = |error| FilterSourceRefused::Unreadable(folder.to_owned(), error);
    let mut ranges = Vec::new();
    for entry in fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        let prefix = prefix_of(&path).ok_or_else(|| FilterSourceRefused::NoRange(path.clone()))?;
        ranges.push((prefix, path));
    }
    ranges.sort();
    Ok(ranges)
}

/// The five letters by which a range file is named: `00A1F` or `00A1F.txt`.
fn prefix_of(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_str()?;
    let prefix = name.strip_suffix(".txt").unwrap_or(name);
    let is_prefix = prefix.len() == PREFIX && prefix.bytes().all(|byte| byte.is_ascii_hexdigit());
    is_prefix.then(|| prefix.to_ascii_uppercase())
}

/// Files that follow one another in the order of their hashes.
struct HashList {
    files: std::vec::IntoIter<(String, PathBuf)>,
    open: Option<OpenFile>,
    last: Sha1Bytes,
}

struct OpenFile {
    prefix: String,
    path: PathBuf,
    reader: BufReader<File>,
    line: u64,
}

impl HashList {
    fn of(files: Vec<(String, PathBuf)>) -> Self {
        Self { files: files.into_iter(), open: None, last: [0; 20] }
    }

    fn next_line(&mut self) -> Result<Option<(Sha1Bytes, u64)>, FilterSourceRefused> {
        loop {
            let Some(open) = &mut self.open else {
                let Some((prefix, path)) = self.files.next() else { return Ok(None) };
                let file = File::open(&path)
                    .map_err(|error| FilterSourceRefused::Unreadable(path.clone(), error))?;
                self.open = Some(OpenFile { prefix, path, reader: BufReader::new(file), line: 0 });
                continue;
            };
            let Some((hash, times)) = open.next_line()? else {
                self.open = None;
                continue;
            };
            if hash < self.last {
                return Err(FilterSourceRefused::Unordered(open.path.clone(), open.line));
            }
            self.last = hash;
            return Ok(Some((hash, times)));
        }
    }
}

impl OpenFile {
    fn next_line(&mut self) -> Result<Option<(Sha1Bytes, u64)>, FilterSourceRefused> {
        let mut bytes = Vec::new();
        loop {
            bytes.clear();
            self.line += 1;
            // Something else than a list may have no end of line at all.
            let read = self.reader.by_ref().take(MAX_LINE).read_until(b'\n', &mut bytes);
            match read.map_err(|error| FilterSourceRefused::Unreadable(self.path.clone(), error))? {
                0 => return Ok(None),
                _ if bytes.trim_ascii().is_empty() => {}
                _ => break,
            }
        }
        let read = parse_line(&self.prefix, bytes.trim_ascii());
        read.map(Some).ok_or_else(|| FilterSourceRefused::NoLine(self.path.clone(), self.line))
    }
}

fn parse_line(prefix: &str, line: &[u8]) -> Option<(Sha1Bytes, u64)> {
    let (hash, times) = std::str::from_utf8(line).ok()?.split_once(':')?;
    let hash = HEXUPPER_PERMISSIVE.decode(format!("{prefix}{hash}").as_bytes()).ok()?;
    Some((hash.try_into().ok()?, times.trim().parse().ok()?))
}

/// Several lists as one, in the order of the hashes.
struct Merged {
    lists: Vec<HashList>,
    /// The next line of each list.
    heads: BinaryHeap<Reverse<(Sha1Bytes, u64, usize)>>,
}

impl Merged {
    fn of(lists: Vec<HashList>) -> Result<Self, FilterSourceRefused> {
        let mut merged = Self { heads: BinaryHeap::with_capacity(lists.len()), lists };
        for index in 0..merged.lists.len() {
            merged.read_from(index)?;
        }
        Ok(merged)
    }

    fn next_line(&mut self) -> Result<Option<(Sha1Bytes, u64)>, FilterSourceRefused> {
        let Some(Reverse((hash, times, index))) = self.heads.pop() else { return Ok(None) };
        self.read_from(index)?;
        Ok(Some((hash, times)))
    }

    fn read_from(&mut self, index: usize) -> Result<(), FilterSourceRefused> {
        let Some(list) = self.lists.get_mut(index) else { return Ok(()) };
        if let Some((hash, times)) = list.next_line()? {
            self.heads.push(Reverse((hash, times, index)));
        }
        Ok(())
    }
}
