//! Reads the fields of one message, each of exactly its type.
//!
//! `null` counts as absent (docs/protocols/gamesparks.md#requests-and-answers). Errors are collected, so that
//! one answer names them all.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::responses::GameErrors;

/// The most segments of one player, and the longest segment name or value in bytes.
const SEGMENTS: usize = 16;
const SEGMENT: usize = 64;

/// The longest `scriptData`, in bytes of JSON.
const SCRIPT_DATA: usize = 4 * 1024;

/// The fields that are still unread, and the errors so far.
pub(in crate::games) struct RequestFields {
    object: Map<String, Value>,
    errors: BTreeMap<&'static str, &'static str>,
}

impl RequestFields {
    pub fn of(object: Map<String, Value>) -> Self {
        Self { object, errors: BTreeMap::new() }
    }

    /// Takes the collected errors, if there are any.
    pub fn errors(&mut self) -> Option<GameErrors> {
        (!self.errors.is_empty()).then(|| GameErrors::from(std::mem::take(&mut self.errors)))
    }

    pub fn refuse(&mut self, name: &'static str, code: &'static str) {
        self.errors.insert(name, code);
    }

    pub fn text(&mut self, name: &'static str) -> Option<String> {
        match self.object.remove(name) {
            None | Some(Value::Null) => None,
            Some(Value::String(text)) => Some(text),
            Some(_) => {
                self.refuse(name, "INVALID");
                None
            }
        }
    }

    /// Reads a text that must be present and not empty.
    pub fn required_text(&mut self, name: &'static str) -> String {
        let text = self.text(name).filter(|text| !text.is_empty());
        text.unwrap_or_else(|| {
            self.errors.entry(name).or_insert("REQUIRED");
            String::new()
        })
    }

    pub fn secret(&mut self, name: &'static str) -> Option<SecretString> {
        self.text(name).map(SecretString::from)
    }

    pub fn required_secret(&mut self, name: &'static str) -> SecretString {
        SecretString::from(self.required_text(name))
    }

    /// Reads a flag. The default of every flag is false (docs/protocols/gamesparks.md#amazonconnectrequest).
    pub fn flag(&mut self, name: &'static str) -> bool {
        match self.object.remove(name) {
            None | Some(Value::Null) => false,
            Some(Value::Bool(flag)) => flag,
            Some(_) => {
                self.refuse(name, "INVALID");
                false
            }
        }
    }

    /// Reads segment types and their values, within the limits above.
    ///
    /// A JSON object of strings. It replaces the segments of the player; an empty one removes them.
    pub fn segments(&mut self) -> Option<String> {
        let segments = match self.object.remove("segments") {
            None | Some(Value::Null) => return None,
            Some(Value::Object(segments)) if segments.len() <= SEGMENTS => segments,
            Some(_) => {
                self.refuse("segments", "INVALID");
                return None;
            }
        };
        let is_short = |text: &str| (1..=SEGMENT).contains(&text.len());
        let mut read: BTreeMap<String, String> = BTreeMap::new();
        for (kind, value) in segments {
            match value {
                Value::String(value) if is_short(&kind) && is_short(&value) => {
                    read.insert(kind, value);
                }
                Value::Null => {}
                _ => self.refuse("segments", "INVALID"),
            }
        }
        // A map of strings always serialises.
        Some(serde_json::to_string(&read).unwrap_or_default())
    }

    /// A JSON object of the game's own, which is kept with the player. An empty one removes it.
    pub fn script_data(&mut self) -> Option<String> {
        let data = match self.object.remove("scriptData") {
            None | Some(Value::Null) => return None,
            Some(Value::Object(data)) => serde_json::to_string(&data).unwrap_or_default(),
            Some(_) => String::new(),
        };
        if data.is_empty() || data.len() > SCRIPT_DATA {
            self.refuse("scriptData", "INVALID");
            return None;
        }
        Some(data)
    }

    /// Refuses unread fields: in requests of our own design an unknown key is a mistake (S78).
    pub fn nothing_else(&mut self) {
        if !self.object.is_empty() {
            self.refuse("@class", "INVALID");
        }
    }
}
