//! Digits as people type and paste them: in any script, with separators, inside a sentence.

/// The zero of each script's decimal digits (Unicode, general category Nd). Nine digits follow each in order.
const ZEROS: [u32; 39] = [
    0x0030, 0x0660, 0x06f0, 0x07c0, 0x0966, 0x09e6, 0x0a66, 0x0ae6, 0x0b66, 0x0be6, 0x0c66, 0x0ce6, 0x0d66,
    0x0de6, 0x0e50, 0x0ed0, 0x0f20, 0x1040, 0x1090, 0x17e0, 0x1810, 0x1946, 0x19d0, 0x1a80, 0x1a90, 0x1b50,
    0x1bb0, 0x1c40, 0x1c50, 0xa620, 0xa8d0, 0xa900, 0xa9d0, 0xa9f0, 0xaa50, 0xabf0, 0xff10, 0x1_04a0,
    0x1_e950,
];

/// The one group of `wanted` digits in the text, as ASCII digits. `None` without one, or with two different ones.
///
/// White space, dashes, dots and invisible characters may separate digits of one group.
pub fn find_digits(typed: &str, wanted: usize) -> Option<String> {
    let mut found: Option<String> = None;
    for candidate in candidates(typed, wanted) {
        match &found {
            Some(first) if *first != candidate => return None,
            _ => found = Some(candidate),
        }
    }
    found
}

fn candidates(typed: &str, wanted: usize) -> Vec<String> {
    let mut candidates = Vec::new();
    for group in groups(typed) {
        // A run that has the length by itself counts, whatever stands beside it.
        let whole: Vec<&String> = group.iter().filter(|run| run.len() == wanted).collect();
        if whole.is_empty() && group.concat().len() == wanted {
            candidates.push(group.concat());
        } else {
            candidates.extend(whole.into_iter().cloned());
        }
    }
    candidates
}

/// Runs of digits, grouped where only separators stand between them.
fn groups(typed: &str) -> Vec<Vec<String>> {
    let (mut groups, mut group, mut run) = (Vec::new(), Vec::new(), String::new());
    for character in typed.chars() {
        if let Some(digit) = ascii_digit(character) {
            run.push(digit);
            continue;
        }
        if is_invisible(character) {
            continue;
        }
        if !run.is_empty() {
            group.push(std::mem::take(&mut run));
        }
        if !is_separator(character) && !group.is_empty() {
            groups.push(std::mem::take(&mut group));
        }
    }
    if !run.is_empty() {
        group.push(run);
    }
    groups.push(group);
    groups
}

fn ascii_digit(character: char) -> Option<char> {
    let code = u32::from(character);
    let zero = ZEROS.iter().rev().find(|zero| (**zero..**zero + 10).contains(&code))?;
    char::from_digit(code - zero, 10)
}

/// Zero-width characters, byte-order marks and marks of direction.
pub fn is_invisible(character: char) -> bool {
    matches!(character, '\u{ad}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// What people put between the halves of a code.
pub fn is_separator(character: char) -> bool {
    character.is_whitespace()
        || matches!(
            character,
            '-' | '.' | '_' | '·' | '\u{2010}'..='\u{2015}' | '\u{2212}' | '\u{fe63}' | '\u{ff0d}'
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_was_typed() {
        for typed in [
            "123456",
            " 123 456\n",
            "123-456",
            "123–456",
            "１２３４５６",
            "١٢٣٤٥٦",
            "۱۲۳۴۵۶",
            "१२३४५६",
            "১২৩৪৫৬",
            "๑๒๓๔๕๖",
            "\u{feff}123456",
            "12\u{200b}34\u{2060}56",
            "1 2 3 4 5 6",
            "Your code is 123456. It holds for 10 minutes.",
            "123456 is your code; 123456!",
            "10 min 123456",
        ] {
            assert_eq!(find_digits(typed, 6).as_deref(), Some("123456"), "{typed:?}");
        }
    }

    #[test]
    fn other_texts_hold_no_code() {
        for typed in ["", "12345", "1234567", "12345a6", "123456 or 654321", "1234 5678", "abcdef", "𝟏𝟐𝟑𝟒𝟓𝟔"]
        {
            assert_eq!(find_digits(typed, 6), None, "{typed:?}");
        }
    }
}
