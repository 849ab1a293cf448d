//! Explains to the operator why the database cannot be reached, in plain words and without the password.

use diesel::ConnectionError;

use crate::platform::fault::{Fault, Shortage};

/// What libpq or the server says, and what that means. The first that fits counts.
///
/// What a server answered comes before what the network did: of two addresses of one host, one may answer.
const CAUSES: [(&str, &str); 19] = [
    ("password authentication failed", "the server does not accept this role and password"),
    ("no password supplied", "the server asks for a password, and there is none in the URL"),
    ("no pg_hba.conf entry", "the server admits no such connection; its pg_hba.conf decides that"),
    ("Peer authentication failed", "the server admits this role only to the system user of the same name"),
    ("permission denied for database", "the role may not connect to this database"),
    ("is not permitted to log in", "the role may not log in"),
    ("too many clients", "all connections of the server are in use"),
    ("connection slots are reserved", "all connections of the server are in use"),
    ("too many connections", "all connections of this role or database are in use"),
    ("the database system is", "the server is starting or stopping"),
    ("server does not support SSL", "the server has no TLS"),
    ("root certificate file", "the file of the authority, named by sslrootcert, cannot be read"),
    ("does not match host name", "the server's certificate is for another host name"),
    ("certificate verify failed", "the server's certificate is not of the authority in sslrootcert"),
    ("could not translate host name", "there is no host of this name"),
    ("Connection refused", "nobody listens at this address and port"),
    ("No such file or directory", "nobody listens at this socket"),
    ("timeout expired", "the host does not answer"),
    ("No route to host", "the host cannot be reached from here"),
];

/// The beginnings of messages that never repeat the URL.
const SHOWN: [&str; 2] = ["connection to server", "could not translate host name"];

/// The fault for a connection that could not be made.
pub(super) fn explain(error: &ConnectionError, is_file: bool) -> Fault {
    let during = "connecting to the database";
    let message = match error {
        ConnectionError::BadConnection(message) => message.trim(),
        _ => return Fault::short(Shortage::Connection, during, "its URL cannot be read"),
    };
    if is_file {
        let words = format!("the file cannot be opened: {message}");
        return Fault::short(Shortage::DiskError, during, words);
    }
    let meaning = meaning_of(message);
    let shortage = match meaning {
        Some(words) if words.starts_with("all connections") => Shortage::Connections,
        _ => Shortage::Connection,
    };
    Fault::short(shortage, during, in_words(message, meaning))
}

fn meaning_of(message: &str) -> Option<&'static str> {
    // The role and the database stand in these between quotes.
    if message.contains("FATAL:") && message.ends_with("does not exist") {
        if message.contains("database \"") {
            return Some("the server has no database of this name");
        }
        if message.contains("role \"") {
            return Some("the server has no role of this name");
        }
    }
    CAUSES.iter().find(|(said, _)| message.contains(said)).map(|(_, words)| *words)
}

/// The meaning, followed by the message itself unless it could repeat a part of the URL.
///
/// libpq repeats a URL that it cannot parse. It also takes what follows the first `@` for the host, which is a part
/// of the password if that has an `@`.
fn in_words(message: &str, meaning: Option<&str>) -> String {
    let may_be_shown = SHOWN.iter().any(|beginning| message.starts_with(beginning)) && !message.contains('@');
    let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
    match (meaning, may_be_shown) {
        (Some(meaning), true) => format!("{meaning}: {message}"),
        (Some(meaning), false) => meaning.to_owned(),
        (None, true) => message,
        (None, false) => {
            "its URL cannot be read; percent-encode special characters in the user name and password"
                .to_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn explained(message: &str) -> String {
        explain(&ConnectionError::BadConnection(message.to_owned()), false).to_string()
    }

    #[test]
    fn the_operator_reads_the_cause() {
        let at = "connection to server at \"db\" (10.0.0.9), port 5432 failed:";
        for (message, words) in [
            (format!("{at} Connection refused\n\tIs the server running on that host?\n"), "nobody listens"),
            (format!("{at} FATAL:  database \"portl\" does not exist\n"), "no database of this name"),
            (format!("{at} FATAL:  role \"an\" does not exist\n"), "no role of this name"),
            (format!("{at} FATAL:  password authentication failed for user \"ann\"\n"), "role and password"),
            (format!("{at} root certificate file \"/x.crt\" does not exist\n"), "named by sslrootcert"),
            (format!("{at} SSL error: certificate verify failed\n"), "not of the authority"),
            (
                "could not translate host name \"dbb\" to address: Name or service not known\n".to_owned(),
                "no host of this name",
            ),
            (format!("{at} timeout expired\n"), "does not answer"),
        ] {
            let said = explained(&message);
            assert!(said.contains(words), "{said}");
            assert!(
                !said.contains('\n') && said.contains(message.split_whitespace().next().unwrap()),
                "{said}"
            );
        }
    }

    #[test]
    fn an_answer_counts_more_than_an_address_without_one() {
        let said = explained(
            "connection to server at \"localhost\" (::1), port 5432 failed: Connection refused\n\
             \tIs the server running on that host and accepting TCP/IP connections?\n\
             connection to server at \"localhost\" (127.0.0.1), port 5432 failed: FATAL:  password \
             authentication failed for user \"ann\"\n",
        );
        assert!(said.starts_with("connecting to the database: the server does not accept"), "{said}");
    }

    #[test]
    fn no_part_of_the_url_is_repeated() {
        for message in [
            "invalid percent-encoded token: \"hunter%2\"",
            "unexpected character \"x\" in position 7 in URI (expected \":\" or \"/\"): \"postgres://a:hunter2@h\"",
            "could not translate host name \"hunter2@db\" to address: Name or service not known",
            "invalid port number: \"hunter2\"",
        ] {
            let said = explained(message);
            assert!(!said.contains("hunter"), "{said}");
        }
    }

    #[test]
    fn a_full_server_is_a_shortage_of_connections() {
        let message = "connection to server at \"db\" (10.0.0.9), port 5432 failed: FATAL:  sorry, too many clients already\n";
        let fault = explain(&ConnectionError::BadConnection(message.to_owned()), false);
        assert_eq!(fault.shortage(), Some(Shortage::Connections));
    }
}
