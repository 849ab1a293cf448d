//! Collects the fields of an event or span, and neutralises them.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt::{self, Write};

use serde_json::Value;
use tracing::field::{Field, Visit};

/// The maximum length of one value in bytes (S110).
const LONGEST: usize = 256;
const CUT: char = '…';

/// Fields by name. A later value of a name replaces the earlier one.
#[derive(Clone, Debug, Default)]
pub(super) struct LogFields(pub(super) BTreeMap<&'static str, Value>);

impl LogFields {
    /// Removes a field and returns its value as text.
    pub(super) fn take(&mut self, name: &str) -> Option<String> {
        match self.0.remove(name)? {
            Value::String(text) => Some(text),
            other => Some(other.to_string()),
        }
    }

    fn put(&mut self, field: &Field, value: impl Into<Value>) {
        self.0.insert(field.name(), value.into());
    }
}

impl Visit for LogFields {
    fn record_f64(&mut self, field: &Field, value: f64) {
        self.put(field, value);
    }

    fn record_i64(&mut self, field: &Field, value: i64) {
        self.put(field, value);
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.put(field, value);
    }

    fn record_bool(&mut self, field: &Field, value: bool) {
        self.put(field, value);
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.put(field, sanitised(format_args!("{value}")));
    }

    fn record_error(&mut self, field: &Field, value: &(dyn Error + 'static)) {
        self.put(field, sanitised(format_args!("{value}")));
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.put(field, sanitised(format_args!("{value:?}")));
    }
}

/// The text on one line, without characters that reorder it, and cut at [`LONGEST`].
fn sanitised(text: fmt::Arguments<'_>) -> String {
    let mut short = ShortValue(String::new());
    // The only error says that the rest was cut.
    let _cut = short.write_fmt(text);
    short.0
}

/// Stops a formatter early, so that a huge value is never built.
struct ShortValue(String);

impl Write for ShortValue {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        // Nearly every value is short and plain, and needs no look at each of its characters.
        let is_plain = text.bytes().all(|byte| matches!(byte, b' '..=b'~'));
        if is_plain && self.0.len() + text.len() + CUT.len_utf8() <= LONGEST {
            self.0.push_str(text);
            return Ok(());
        }
        text.chars().try_for_each(|char| self.push(char))
    }
}

impl ShortValue {
    fn push(&mut self, char: char) -> fmt::Result {
        let before = self.0.len();
        if is_hostile(char) {
            self.0.extend(char.escape_unicode());
        } else {
            self.0.push(char);
        }
        if self.0.len() + CUT.len_utf8() > LONGEST {
            self.0.truncate(before);
            self.0.push(CUT);
            return Err(fmt::Error);
        }
        Ok(())
    }
}

/// Control characters, and characters that move the cursor or change the reading direction.
fn is_hostile(char: char) -> bool {
    let reorders = matches!(char,
        '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}');
    char.is_control() || reorders
}
