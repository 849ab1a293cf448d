//! A mail as a MIME message. Only the library's types make headers, and control characters are refused (S108).

use std::time::SystemTime;

use chrono::{DateTime, Utc};
use lettre::message::Mailbox;
use lettre::message::header::{ContentType, Header, HeaderName, HeaderValue, MIME_VERSION_1_0};
use lettre::{Address, Message};
use secrecy::{ExposeSecret, SecretString};

use crate::platform::fault::Fault;

pub(super) struct MimeParts<'a> {
    pub id: &'a str,
    pub recipient: &'a str,
    pub subject: &'a str,
    pub body: &'a SecretString,
    pub written_at: DateTime<Utc>,
}

/// Builds the message. Its Message-ID is the mail's id, so that a mail server recognises a second copy.
pub(super) fn message(from: &Mailbox, parts: &MimeParts<'_>) -> Result<Message, Fault> {
    let during = "writing a mail";
    if [parts.recipient, parts.subject].into_iter().any(|text| text.contains(char::is_control)) {
        return Err(Fault::broken(during, "a header holds a control character"));
    }
    // The parser's error would repeat the address, and faults are logged.
    let to: Address =
        parts.recipient.parse().map_err(|_| Fault::broken(during, "the stored address is none"))?;
    Message::builder()
        .from(from.clone())
        .to(Mailbox::new(None, to))
        .subject(parts.subject)
        .date(SystemTime::from(parts.written_at))
        .message_id(Some(format!("<{}@{}>", parts.id, from.email.domain())))
        .header(AutoSubmitted)
        .header(MIME_VERSION_1_0)
        .header(ContentType::TEXT_PLAIN)
        .body(parts.body.expose_secret().to_owned())
        .map_err(|error| Fault::broken(during, error))
}

/// Marks the mail as automatic, so that no absence note answers it (RFC 3834 §5).
#[derive(Clone)]
struct AutoSubmitted;

impl Header for AutoSubmitted {
    fn name() -> HeaderName {
        HeaderName::new_from_ascii_str("Auto-Submitted")
    }

    fn parse(_: &str) -> Result<Self, Box<dyn std::error::Error + Send + Sync>> {
        Ok(Self)
    }

    fn display(&self) -> HeaderValue {
        HeaderValue::new(Self::name(), "auto-generated".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text_of(recipient: &str, subject: &str) -> Result<String, Fault> {
        let from: Mailbox = "Größe Games <no-reply@play.example>".parse().unwrap();
        let parts = MimeParts {
            id: "0199",
            recipient,
            subject,
            body: &SecretString::from("Hello,\n\n123456\n"),
            written_at: DateTime::UNIX_EPOCH,
        };
        message(&from, &parts).map(|message| String::from_utf8(message.formatted()).unwrap())
    }

    #[test]
    fn a_message_says_what_it_is() {
        let text = text_of("ann@example.com", "Your code").unwrap();
        for line in [
            "To: ann@example.com\r\n",
            "Subject: Your code\r\n",
            "Message-ID: <0199@play.example>\r\n",
            "Auto-Submitted: auto-generated\r\n",
            "MIME-Version: 1.0\r\n",
            "Content-Type: text/plain; charset=utf-8\r\n",
            "\r\n123456\r\n",
        ] {
            assert!(text.contains(line), "{line:?} is not in {text}");
        }
        assert!(text.contains("From: =?utf-8?"), "{text}");
    }

    #[test]
    fn nothing_in_a_header_begins_another() {
        for (recipient, subject) in [
            ("a@b.c\r\nBcc: x@y.z", "Hello"),
            ("a@b.c\nBcc: x@y.z", "Hello"),
            ("a@b.c, x@y.z", "Hello"),
            ("a@b.c\0", "Hello"),
            ("a@b.c", "Hello\r\nBcc: x@y.z"),
            ("a@b.c", "Hello\0"),
        ] {
            assert!(text_of(recipient, subject).is_err(), "{recipient:?} {subject:?}");
        }
    }

    #[test]
    fn a_refusal_to_write_does_not_tell_the_address() {
        let fault = text_of("not an address", "Hello").unwrap_err();
        assert!(!fault.to_string().contains("not an address"));
    }
}
