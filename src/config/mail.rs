//! Settings of mail: sent through SMTP, or in development kept for the outbox page.

use std::net::IpAddr;

use lettre::Address;
use lettre::message::Mailbox;
use secrecy::SecretString;
use url::Url;

use super::parse::{ParseResult, ParseRules, SettingValue, any_url, masked};
use super::setting::{in_development, or_else, settings};

settings! {
    #[derive(Debug)]
    pub struct MailConfig {
        /// `smtp://` or `smtps://user:password@host:port?tls=required`
        pub delivery: MailDelivery =
            DOVETAIL_SMTP_URL, or_else("the outbox page in development").required().secret();
        /// sender of every mail, such as `Studio <no-reply@studio.example>`
        pub from: Mailbox = DOVETAIL_MAIL_FROM, in_development("Dovetail <no-reply@localhost>").required();
    }
}

/// Where mail goes.
#[derive(Debug)]
pub enum MailDelivery {
    /// Kept by the portal, for `/dev/outbox`.
    Outbox,
    /// An `smtp://` or `smtps://` URL in lettre's form, password included.
    Smtp(SecretString),
}

impl MailConfig {
    /// The mail server's URL; `None` if mail goes to the outbox.
    pub fn smtp_url(&self) -> Option<&SecretString> {
        match &self.delivery {
            MailDelivery::Smtp(url) => Some(url),
            MailDelivery::Outbox => None,
        }
    }
}

impl SettingValue for MailDelivery {
    fn parse(text: &str, rules: ParseRules) -> ParseResult<Self> {
        let url = any_url(text)?;
        if !matches!(url.scheme(), "smtp" | "smtps") {
            return Err("must begin with smtp:// or smtps://".to_owned());
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err("names no host".to_owned());
        }
        let is_known =
            |(name, value): (_, _)| name == "tls" && (value == "required" || value == "opportunistic");
        if !url.query_pairs().all(is_known) {
            return Err("has an option other than tls=required or tls=opportunistic".to_owned());
        }
        if rules.is_production && sends_password_in_clear(&url) {
            return Err(
                "has a user and password but no `tls=required`, so that they and every mail may travel \
                        in the clear; add it, or use smtps://"
                    .to_owned(),
            );
        }
        Ok(Self::Smtp(text.into()))
    }

    fn unset() -> Option<Self> {
        Some(Self::Outbox)
    }

    fn masked(text: &str) -> Option<String> {
        any_url(text).ok().as_ref().map(masked)
    }
}

/// Whether the credentials may go to another machine without TLS.
fn sends_password_in_clear(url: &Url) -> bool {
    let has_credentials = !url.username().is_empty() || url.password().is_some();
    let mut modes = url.query_pairs().filter(|(name, _)| name == "tls").peekable();
    let needs_tls = modes.peek().is_some() && modes.all(|(_, mode)| mode == "required");
    has_credentials && url.scheme() == "smtp" && !needs_tls && !is_on_this_machine(url)
}

/// Whether the host is this machine. A `smtp://` URL is not special, so its IP addresses are texts.
fn is_on_this_machine(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default().trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

impl SettingValue for Mailbox {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        let says = || "must be an address such as Studio <no-reply@studio.example>".to_owned();
        let mailbox: Self = text.parse().map_err(|_| says())?;
        // Many mail servers take no header beyond ASCII. A domain has an ASCII form, a local part has none.
        let domain = idna::domain_to_ascii(mailbox.email.domain()).map_err(|_| says())?;
        if !mailbox.email.user().is_ascii() {
            return Err("must have only ASCII before the @".to_owned());
        }
        let email = Address::new(mailbox.email.user(), domain).map_err(|_| says())?;
        Ok(Self::new(mailbox.name, email))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::{DEVELOPMENT, PRODUCTION};

    #[test]
    fn production_sends_no_password_in_the_clear() {
        for safe in [
            "smtps://ann:pw@mail.studio.test",
            "smtp://ann:pw@mail.studio.test?tls=required",
            "smtp://ann:pw@127.0.0.1:2525",
            "smtp://mail.studio.test",
        ] {
            assert!(MailDelivery::parse(safe, PRODUCTION).is_ok(), "{safe}");
        }
        for open in [
            "smtp://ann:pw@mail.studio.test",
            "smtp://ann:pw@mail.studio.test:587?tls=opportunistic",
            "smtp://:pw@10.0.0.7",
            "smtp://ann:pw@mail.studio.test?tls=required&tls=opportunistic",
        ] {
            assert!(MailDelivery::parse(open, PRODUCTION).is_err(), "{open}");
            assert!(MailDelivery::parse(open, DEVELOPMENT).is_ok(), "{open}");
        }
    }

    #[test]
    fn a_sender_of_another_script_has_an_ascii_domain() {
        let shown = |text| Mailbox::parse(text, PRODUCTION).map(|mailbox| mailbox.email.to_string());
        for (written, sent) in [
            ("Bücher <no-reply@bücher.example>", "no-reply@xn--bcher-kva.example"),
            ("no-reply@BÜCHER.example", "no-reply@xn--bcher-kva.example"),
            ("no-reply@игры.example", "no-reply@xn--c1ajz8b.example"),
            ("Studio <no-reply@studio.example>", "no-reply@studio.example"),
            ("Dovetail <no-reply@localhost>", "no-reply@localhost"),
        ] {
            assert_eq!(shown(written).as_deref(), Ok(sent), "{written}");
        }
        let named = Mailbox::parse("Größe <no-reply@bücher.example>", PRODUCTION).unwrap();
        assert_eq!(named.name.as_deref(), Some("Größe"), "the name is encoded in the header");
        for wrong in ["müller@studio.example", "no-reply", "a@b@c", "no-reply@stu dio.example", ""] {
            assert!(shown(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn only_mail_servers_are_taken() {
        for right in ["smtps://ann:pw@mail.studio.test:465", "smtp://mail.studio.test?tls=required"] {
            assert!(MailDelivery::parse(right, PRODUCTION).is_ok(), "{right}");
        }
        for wrong in ["mail.studio.test", "https://mail.studio.test", "smtp:", "smtp://", "smtp://m?tls=no"] {
            assert!(MailDelivery::parse(wrong, PRODUCTION).is_err(), "{wrong}");
        }
    }
}
