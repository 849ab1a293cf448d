//! The fields of one message, taken one by one, each of exactly its type.
//!
//! `null` is absent (contract §4.1). What is wrong is gathered, so that one answer can name it all.

use std::collections::BTreeMap;

use secrecy::SecretString;
use serde_json::{Map, Value};

use super::responses::GameErrors;

/// Segments of one player, and the length of a name or value.
const SEGMENTS: usize = 16;
const SEGMENT: usize = 64;

/// What is left of a message, and what was wrong with it so far.
pub(super) struct RequestFields {
    object: Map<String, Value>,
    errors: BTreeMap<&'static str, &'static str>,
}

impl RequestFields {
    pub fn of(object: Map<String, Value>) -> Self {
        Self { object, errors: BTreeMap::new() }
    }

    /// Everything that was wrong, if anything was.
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

    /// Absent and empty are alike for a field that must be there.
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

    /// False where it is absent: the default of every flag (contract §5.1).
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

    /// Segment types and their values: short texts, and few.
    pub fn segments(&mut self) -> BTreeMap<String, String> {
        let segments = match self.object.remove("segments") {
            None | Some(Value::Null) => return BTreeMap::new(),
            Some(Value::Object(segments)) if segments.len() <= SEGMENTS => segments,
            Some(_) => {
                self.refuse("segments", "INVALID");
                return BTreeMap::new();
            }
        };
        let is_short = |text: &str| (1..=SEGMENT).contains(&text.len());
        let mut read = BTreeMap::new();
        for (kind, value) in segments {
            match value {
                Value::String(value) if is_short(&kind) && is_short(&value) => {
                    read.insert(kind, value);
                }
                Value::Null => {}
                _ => self.refuse("segments", "INVALID"),
            }
        }
        read
    }

    /// Refuses whatever was not taken: in requests of our own design an unknown key is a mistake (S78).
    pub fn nothing_else(&mut self) {
        self.object.remove("scriptData");
        if !self.object.is_empty() {
            self.refuse("@class", "INVALID");
        }
    }
}
