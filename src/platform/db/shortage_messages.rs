//! PostgreSQL's messages of shortages, in each of its languages, and the SQLSTATE of each.
//!
//! A role that is no superuser cannot change the language of the server's messages, and diesel hands over no SQLSTATE.
//! The table holds the texts of PostgreSQL's own catalogues and, for troubles with files, those of the C library, with
//! which the server ends its message, and libpq's own of a connection that broke. `*` stands for what a message fills in.

use std::sync::LazyLock;

use crate::platform::fault::Shortage;

/// Lines of code, language and text. A code is a SQLSTATE, or an error number of the operating system.
const TABLE: &str = include_str!("shortage_messages.tsv");

/// 40P01, which is a conflict between two transactions.
const DEADLOCK: &str = "40P01";

static MESSAGES: LazyLock<Vec<(&str, &str)>> = LazyLock::new(|| {
    TABLE
        .lines()
        .filter_map(|line| {
            line.split_once('\t').and_then(|(code, rest)| Some((code, rest.split_once('\t')?.1)))
        })
        .collect()
});

/// The shortage that a primary message of the server tells of.
pub(super) fn shortage(message: &str) -> Option<Shortage> {
    codes(message).find_map(shortage_of_code)
}

/// Whether the server ended the transaction because of a deadlock.
pub(super) fn is_deadlock(message: &str) -> bool {
    codes(message).any(|code| code == DEADLOCK)
}

fn codes(message: &str) -> impl Iterator<Item = &'static str> {
    MESSAGES.iter().filter(move |(_, text)| fits(text, message)).map(|(code, _)| *code)
}

fn shortage_of_code(code: &str) -> Option<Shortage> {
    Some(match code {
        "55P03" => Shortage::Lock,
        "57014" => Shortage::Time,
        "53300" => Shortage::Connections,
        "08006" | "57P01" | "57P02" | "57P03" | "25P03" => Shortage::Connection,
        "53200" | "ENOMEM" | "ENFILE" => Shortage::Memory,
        "53100" | "53400" | "ENOSPC" | "EDQUOT" => Shortage::DiskFull,
        "EIO" | "EROFS" => Shortage::DiskError,
        _ => return None,
    })
}

/// Whether the message is this text, with anything in the places of `*`.
fn fits(text: &str, message: &str) -> bool {
    let mut parts = text.split('*');
    let Some(mut rest) = parts.next().and_then(|first| message.strip_prefix(first)) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    for part in parts {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return false,
        }
    }
    rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_of_the_table_is_found_by_its_own_text() {
        assert_eq!(MESSAGES.len(), TABLE.lines().count(), "each line has three columns");
        for (code, text) in MESSAGES.iter() {
            let message = text.replace('*', "x");
            if *code == DEADLOCK {
                assert!(is_deadlock(&message), "{text}");
            } else {
                assert!(shortage_of_code(code).is_some(), "{code}");
                assert_eq!(shortage(&message), shortage_of_code(code), "{text}");
            }
        }
    }

    #[test]
    fn a_shortage_is_told_in_the_language_of_the_server() {
        for (message, expected) in [
            (
                "konnte Datei »base/5/16384« nicht erweitern: Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                Some(Shortage::DiskFull),
            ),
            ("storniere Anfrage wegen Zeitüberschreitung der Anfrage", Some(Shortage::Time)),
            (
                "could not write to file \"x\": Auf dem Gerät ist kein Speicherplatz mehr verfügbar",
                Some(Shortage::DiskFull),
            ),
            ("désolé, trop de clients sont déjà connectés", Some(Shortage::Connections)),
            (
                "server closed the connection unexpectedly\n\tThis probably means the server terminated abnormally",
                Some(Shortage::Connection),
            ),
            ("データベースシステムは起動処理中です", Some(Shortage::Connection)),
            ("Relation »players« existiert nicht", None),
            ("keine Berechtigung für Tabelle players", None),
            ("ungültige Byte-Sequenz für Kodierung »UTF8«: 0x00", None),
            ("doppelter Schlüsselwert verletzt Unique-Constraint »players_pkey«", None),
        ] {
            assert_eq!(shortage(message), expected, "{message}");
        }
        assert!(is_deadlock("Verklemmung (Deadlock) entdeckt"));
    }

    #[test]
    fn a_text_fits_as_a_whole() {
        assert!(fits("a * c", "a b c") && fits("* c", "b c") && fits("a*", "ab") && fits("a", "a"));
        assert!(!fits("a", "ab") && !fits("a * c", "a b d") && !fits("* c", "b c d") && !fits("a*", "ba"));
    }
}
