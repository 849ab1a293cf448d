//! Cells of an export that a spreadsheet never runs as formulas (CWE-1236).

use std::borrow::Cow;

/// Characters that begin a formula or a command in a spreadsheet, full-width forms included.
const ACTIVE: [char; 13] = ['=', '+', '-', '@', '\t', '\r', '\n', '|', '%', '＝', '＋', '－', '＠'];

/// The text, behind an apostrophe if a spreadsheet might run it.
pub(super) fn inert(text: &str) -> Cow<'_, str> {
    let is_active = text.starts_with(ACTIVE) || text.trim_start().starts_with(ACTIVE);
    if is_active { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_that_begins_a_formula_stays_first() {
        for text in ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", " =1", "\r\n=1", "＝1", "|cmd", "%0A"] {
            assert_eq!(inert(text), format!("'{text}"), "{text:?}");
        }
        for text in ["", "ann", "2026-11-21T12:00:00Z", "{\"a\":1}", "a=1", "10.0.0.0/24"] {
            assert_eq!(inert(text), text);
        }
    }
}
