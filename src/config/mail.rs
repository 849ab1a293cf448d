//! Settings of mail: sent through SMTP, or in development kept for the outbox page.

use lettre::message::Mailbox;
use secrecy::SecretString;

use super::parse::{self, ParseResult};
use super::reader::{ReadResult, SettingReader};
use super::setting::Setting;
use super::setting::SettingDefault::{Development, Words};

#[derive(Debug)]
pub struct MailConfig {
    pub delivery: MailDelivery,
    /// The sender of every mail.
    pub from: Mailbox,
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

/// Where mail goes.
#[derive(Debug)]
pub enum MailDelivery {
    /// Kept by the portal, for `/dev/outbox`.
    Outbox,
    /// An `smtp://` or `smtps://` URL in lettre's form, password included.
    Smtp(SecretString),
}

static SMTP_URL: Setting = Setting::new(
    "DOVETAIL_SMTP_URL",
    Words("the outbox page in development"),
    "`smtp://` or `smtps://user:password@host:port?tls=required`",
)
.required()
.secret();
static MAIL_FROM: Setting = Setting::new(
    "DOVETAIL_MAIL_FROM",
    Development("Dovetail <no-reply@localhost>"),
    "sender of every mail, such as `Studio <no-reply@studio.example>`",
)
.required();

pub(super) static SETTINGS: &[&Setting] = &[&SMTP_URL, &MAIL_FROM];

pub(super) fn read(reader: &mut SettingReader) -> ReadResult<MailConfig> {
    let smtp = reader.optional(&SMTP_URL, smtp_url);
    let from = reader.value(&MAIL_FROM, |text| {
        text.parse::<Mailbox>()
            .map_err(|_| "must be an address such as Studio <no-reply@studio.example>".into())
    });
    let delivery = match smtp? {
        Some((url, shown)) => {
            reader.show(&SMTP_URL, shown);
            MailDelivery::Smtp(url)
        }
        None => MailDelivery::Outbox,
    };
    Ok(MailConfig { delivery, from: from? })
}

/// The URL, and the text that may be shown for it.
fn smtp_url(text: &str) -> ParseResult<(SecretString, String)> {
    let url = parse::any_url(text)?;
    if !matches!(url.scheme(), "smtp" | "smtps") {
        return Err("must begin with smtp:// or smtps://".to_owned());
    }
    if url.host_str().is_none_or(str::is_empty) {
        return Err("names no host".to_owned());
    }
    let is_known = |(name, value): (_, _)| name == "tls" && (value == "required" || value == "opportunistic");
    if !url.query_pairs().all(is_known) {
        return Err("has an option other than tls=required or tls=opportunistic".to_owned());
    }
    Ok((text.into(), parse::masked(&url)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mail_servers_are_taken() {
        assert!(smtp_url("smtps://ann:pw@mail.studio.test:465").is_ok());
        assert!(smtp_url("smtp://mail.studio.test?tls=required").is_ok());
        for wrong in ["mail.studio.test", "https://mail.studio.test", "smtp:", "smtp://", "smtp://m?tls=no"] {
            assert!(smtp_url(wrong).is_err(), "{wrong}");
        }
    }
}
