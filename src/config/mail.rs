//! Settings of mail: sent through SMTP, or in development kept for the outbox page.

use lettre::message::Mailbox;
use secrecy::SecretString;

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
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
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
        Ok(Self::Smtp(text.into()))
    }

    fn unset() -> Option<Self> {
        Some(Self::Outbox)
    }

    fn masked(text: &str) -> Option<String> {
        any_url(text).ok().as_ref().map(masked)
    }
}

impl SettingValue for Mailbox {
    fn parse(text: &str, _: ParseRules) -> ParseResult<Self> {
        text.parse().map_err(|_| "must be an address such as Studio <no-reply@studio.example>".to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::parse::PRODUCTION;

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
