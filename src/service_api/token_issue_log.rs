//! Decides which issued tokens need an audit record.
//!
//! A game server that asks before every call would cause more records than everything else in the portal, all
//! alike. So one record covers an hour of tokens issued to one key for one player. The log is kept in memory: it
//! is lost on restart, is not shared between copies, and is cleared when full. Each of these causes more records,
//! never fewer. Every request still has an entry in the request log.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use chrono::{DateTime, TimeDelta, Utc};

use crate::platform::ids::PlayerId;
use crate::service_api::model::KeyId;

const RECORD_EVERY: TimeDelta = TimeDelta::hours(1);
const MAX_ENTRIES: usize = 50_000;

/// When a token issue was last recorded, for each key and player.
#[derive(Default)]
pub struct TokenIssueLog(Mutex<HashMap<(KeyId, PlayerId), DateTime<Utc>>>);

impl TokenIssueLog {
    /// Whether issuing a token now needs a record of its own.
    pub(super) fn is_due(&self, key: &KeyId, player: &PlayerId, now: DateTime<Utc>) -> bool {
        let recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let last = recorded.get(&(key.clone(), player.clone()));
        last.is_none_or(|last| now - *last >= RECORD_EVERY || now < *last)
    }

    /// Notes that the record was written.
    pub(super) fn note_record(&self, key: KeyId, player: PlayerId, now: DateTime<Utc>) {
        let mut recorded = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recorded.len() >= MAX_ENTRIES {
            recorded.clear();
        }
        recorded.insert((key, player), now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_hour_of_handouts_to_one_key_for_one_player_is_one_record() {
        let log = TokenIssueLog::default();
        let now = DateTime::UNIX_EPOCH + TimeDelta::days(20_000);
        let (key, ann) = (KeyId::from("key".to_owned()), PlayerId::from("ann".to_owned()));
        assert!(log.is_due(&key, &ann, now));
        log.note_record(key.clone(), ann.clone(), now);
        assert!(!log.is_due(&key, &ann, now + TimeDelta::minutes(59)));
        assert!(log.is_due(&key, &ann, now + TimeDelta::hours(1)));
        assert!(log.is_due(&key, &PlayerId::from("bo".to_owned()), now));
        assert!(log.is_due(&KeyId::from("other".to_owned()), &ann, now));
        for number in 0..MAX_ENTRIES {
            log.note_record(key.clone(), PlayerId::from(number.to_string()), now);
        }
        assert!(log.is_due(&key, &ann, now), "forgotten rather than kept for ever");
    }
}
