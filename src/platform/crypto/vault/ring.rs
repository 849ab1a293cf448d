//! The configured sealing keys with their ids: `id:base64(32 bytes)`, separated by commas.
//!
//! The first key seals, all keys open (S65). All problems of the list are reported together, by position and
//! id and never with the key. A key that no random generator made is one of these problems.

use std::collections::HashSet;
use std::fmt;

use data_encoding::BASE64;
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret, SecretBox, SecretString};

use crate::platform::crypto::token::random_bytes;
use crate::platform::crypto::weak_key;
use crate::platform::fault::Fault;

/// One or more keys, each with a unique id.
pub struct KeyRing {
    first: RingKey,
    others: Vec<RingKey>,
}

/// One key of 32 bytes with its id.
pub(super) struct RingKey {
    id: String,
    bytes: SecretBox<[u8; 32]>,
}

impl RingKey {
    pub(super) fn id(&self) -> &str {
        &self.id
    }

    pub(super) fn bytes(&self) -> &[u8; 32] {
        self.bytes.expose_secret()
    }
}

/// A problem with one entry of the list; entries are counted from 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RingProblem {
    /// The list has no entry.
    Empty,
    /// The entry has no colon between id and key.
    NoId { entry: usize },
    /// The id is not 1 to 32 characters of `A-Z a-z 0-9 . _ -`.
    BadId { entry: usize },
    /// An earlier entry has the same id.
    DuplicateId { entry: usize, id: String },
    /// An earlier entry has the same key under another id.
    DuplicateKey { entry: usize, id: String },
    /// The key is not standard base64 with padding.
    NotBase64 { entry: usize, id: String },
    /// The key does not have 32 bytes.
    WrongSize { entry: usize, id: String, bytes: usize },
    /// The key repeats, counts up or is readable text: an example.
    MadeUp { entry: usize, id: String },
}

impl fmt::Display for RingProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => write!(f, "has no key; write `id:key`, the key from `openssl rand -base64 32`"),
            Self::NoId { entry } => write!(f, "entry {entry} is not `id:key`"),
            Self::BadId { entry } => {
                write!(f, "entry {entry} needs an id of 1 to 32 letters, digits, dots, dashes or underscores")
            }
            Self::DuplicateId { entry, id } => write!(f, "entry {entry} uses the id {id:?} again"),
            Self::DuplicateKey { entry, id } => {
                write!(f, "entry {entry} ({id:?}) repeats the key of another id")
            }
            Self::NotBase64 { entry, id } => write!(f, "entry {entry} ({id:?}) is not base64 with padding"),
            Self::WrongSize { entry, id, bytes } => {
                write!(f, "entry {entry} ({id:?}) has {bytes} bytes where 32 are needed")
            }
            Self::MadeUp { entry, id } => {
                write!(f, "entry {entry} ({id:?}) looks like an example, not like random bytes")
            }
        }
    }
}

impl KeyRing {
    /// Parses the configured list, or returns all its problems.
    pub fn parse(list: &SecretString) -> Result<Self, Vec<RingProblem>> {
        let mut keys: Vec<RingKey> = Vec::new();
        let mut problems = Vec::new();
        let mut ids = HashSet::new();
        let entries = list.expose_secret().split(',').map(str::trim).filter(|entry| !entry.is_empty());
        for (entry, text) in (1..).zip(entries) {
            match parse_entry(entry, text) {
                Err(problem) => problems.push(problem),
                Ok(key) if !ids.insert(key.id.clone()) => {
                    problems.push(RingProblem::DuplicateId { entry, id: key.id });
                }
                Ok(key) if keys.iter().any(|earlier| earlier.bytes() == key.bytes()) => {
                    problems.push(RingProblem::DuplicateKey { entry, id: key.id });
                }
                Ok(key) => keys.push(key),
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let mut keys = keys.into_iter();
        let first = keys.next().ok_or_else(|| vec![RingProblem::Empty])?;
        Ok(Self { first, others: keys.collect() })
    }

    /// All keys, starting with the key that seals.
    pub(super) fn keys(&self) -> impl Iterator<Item = &RingKey> {
        std::iter::once(&self.first).chain(&self.others)
    }

    /// A ring of keys that the settings have checked already. `None` if there is no key.
    pub fn of(keys: impl IntoIterator<Item = (String, SecretBox<[u8; 32]>)>) -> Option<Self> {
        let mut keys = keys.into_iter().map(|(id, bytes)| RingKey { id, bytes });
        Some(Self { first: keys.next()?, others: keys.collect() })
    }

    /// The text of a ring with one new random key, for development and tests.
    pub fn generate(id: &str) -> Result<SecretString, Fault> {
        let bytes = Zeroizing::new(random_bytes::<32>()?);
        Ok(SecretString::from(format!("{id}:{}", BASE64.encode(bytes.as_slice()))))
    }

    /// The ids of all keys, starting with the key that seals.
    pub fn ids(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.first).chain(&self.others).map(RingKey::id)
    }

    pub(super) fn first(&self) -> &RingKey {
        &self.first
    }

    pub(super) fn find(&self, id: &str) -> Option<&RingKey> {
        std::iter::once(&self.first).chain(&self.others).find(|key| key.id == id)
    }
}

/// Whether `id` is allowed as a key id.
pub(super) fn is_key_id(id: &str) -> bool {
    (1..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_alphanumeric() || b"._-".contains(&b))
}

fn parse_entry(entry: usize, text: &str) -> Result<RingKey, RingProblem> {
    let (id, key) = text.split_once(':').ok_or(RingProblem::NoId { entry })?;
    if !is_key_id(id) {
        return Err(RingProblem::BadId { entry });
    }
    let id = id.to_owned();
    let Ok(decoded) = BASE64.decode(key.as_bytes()).map(Zeroizing::new) else {
        return Err(RingProblem::NotBase64 { entry, id });
    };
    let Ok(bytes) = <[u8; 32]>::try_from(decoded.as_slice()) else {
        return Err(RingProblem::WrongSize { entry, id, bytes: decoded.len() });
    };
    if weak_key::looks_made_up(&bytes) {
        return Err(RingProblem::MadeUp { entry, id });
    }
    Ok(RingKey { id, bytes: SecretBox::new(Box::new(bytes)) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problems(list: &str) -> Vec<RingProblem> {
        KeyRing::parse(&list.into()).err().unwrap_or_default()
    }

    fn some_key() -> String {
        BASE64.encode(&random_bytes::<32>().unwrap())
    }

    #[test]
    fn the_first_key_seals_and_all_are_known() {
        let list = format!(" 2026-b:{} , 2026-a:{},", some_key(), some_key());
        let ring = KeyRing::parse(&list.into()).unwrap();
        assert_eq!(ring.ids().collect::<Vec<_>>(), ["2026-b", "2026-a"]);
        assert_eq!(ring.first().id(), "2026-b");
        assert!(ring.find("2026-a").is_some() && ring.find("2025").is_none());
    }

    #[test]
    fn a_generated_ring_can_be_read() {
        let ring = KeyRing::parse(&KeyRing::generate("dev").unwrap()).unwrap();
        assert_eq!(ring.ids().collect::<Vec<_>>(), ["dev"]);
    }

    #[test]
    fn an_empty_list_is_a_problem() {
        assert_eq!(problems(""), [RingProblem::Empty]);
        assert_eq!(problems(" , "), [RingProblem::Empty]);
    }

    #[test]
    fn all_problems_are_reported_together() {
        let key = some_key();
        let list = format!(
            "a:{key},{key},b!:{key},a:{},c:{key},d:???,e:{},f:{},g:{}",
            some_key(),
            BASE64.encode(&[1; 16]),
            BASE64.encode(&[1; 32]),
            BASE64.encode(b"0123456789abcdef0123456789abcdef"),
        );
        let id = |id: &str| id.to_owned();
        assert_eq!(
            problems(&list),
            [
                RingProblem::NoId { entry: 2 },
                RingProblem::BadId { entry: 3 },
                RingProblem::DuplicateId { entry: 4, id: id("a") },
                RingProblem::DuplicateKey { entry: 5, id: id("c") },
                RingProblem::NotBase64 { entry: 6, id: id("d") },
                RingProblem::WrongSize { entry: 7, id: id("e"), bytes: 16 },
                RingProblem::MadeUp { entry: 8, id: id("f") },
                RingProblem::MadeUp { entry: 9, id: id("g") },
            ]
        );
        for problem in problems(&list) {
            assert!(!problem.to_string().contains(&key), "a key was printed");
        }
    }

    #[test]
    fn base64_has_one_spelling() {
        let key = some_key();
        let unpadded = format!("a:{}", key.trim_end_matches('='));
        assert_eq!(problems(&unpadded), [RingProblem::NotBase64 { entry: 1, id: "a".to_owned() }]);
    }
}
