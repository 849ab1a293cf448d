//! The connection to the mail server: pooled, over rustls, with a plain outcome for each mail.

use std::error::Error as _;
use std::time::Duration;

use lettre::transport::smtp::{Error, PoolConfig};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use secrecy::{ExposeSecret, SecretString};

use crate::platform::fault::Fault;

/// How long one command may take.
const COMMAND_TIMEOUT: Duration = Duration::from_secs(15);
/// How long one mail may take, however slowly the server answers each command.
pub(super) const MAIL_TIMEOUT: Duration = Duration::from_secs(40);
/// Connections of one copy of the program.
pub(super) const CONNECTIONS: usize = 4;

/// The configured mail server.
#[derive(Clone)]
pub(super) struct SmtpServer {
    transport: AsyncSmtpTransport<Tokio1Executor>,
}

/// The outcome of sending a mail.
#[derive(Debug)]
pub(super) enum SmtpResult {
    Sent,
    /// It failed for now, with the reason for the log.
    Deferred(String),
    /// It will never succeed (RFC 5321 §4.2.1: 5yz), with the reason for the log.
    Rejected(String),
}

impl SmtpServer {
    /// The server at `url`, the value of `DOVETAIL_SMTP_URL`. Does not connect yet.
    pub(super) fn at(url: &SecretString) -> Result<Self, Fault> {
        let connections = u32::try_from(CONNECTIONS).unwrap_or(u32::MAX);
        let builder = AsyncSmtpTransport::<Tokio1Executor>::from_url(url.expose_secret())
            .map_err(|error| Fault::broken("reading the address of the mail server", reason(&error)))?;
        let transport = builder
            .timeout(Some(COMMAND_TIMEOUT))
            .pool_config(PoolConfig::new().max_size(connections).idle_timeout(Duration::from_secs(30)))
            .build();
        Ok(Self { transport })
    }

    /// Connects, authenticates and disconnects. Returns the reason if that fails.
    pub(super) async fn check_connection(&self) -> Result<(), String> {
        match tokio::time::timeout(COMMAND_TIMEOUT, self.transport.test_connection()).await {
            Ok(Ok(true)) => Ok(()),
            Ok(Ok(false)) => Err("the mail server refused the connection test".to_owned()),
            Ok(Err(error)) => Err(reason(&error)),
            Err(_) => Err("the mail server took too long".to_owned()),
        }
    }

    pub(super) async fn send(&self, message: Message) -> SmtpResult {
        match tokio::time::timeout(MAIL_TIMEOUT, self.transport.send(message)).await {
            Ok(Ok(_)) => SmtpResult::Sent,
            Ok(Err(error)) if error.is_permanent() && !concerns_credentials(&error) => {
                SmtpResult::Rejected(reason(&error))
            }
            Ok(Err(error)) => SmtpResult::Deferred(reason(&error)),
            Err(_) => SmtpResult::Deferred("the mail server took too long".to_owned()),
        }
    }
}

/// Whether a permanent failure concerns the portal's credentials (RFC 4954 §6), which an operator can correct.
fn concerns_credentials(error: &Error) -> bool {
    let code = error.status().map(u16::from);
    matches!(code, Some(530 | 534 | 535 | 538))
}

/// The reason without the server's own text, which often repeats the recipient's address.
fn reason(error: &Error) -> String {
    if let Some(code) = error.status() {
        return format!("the mail server answered {code}");
    }
    if error.is_response() || error.is_client() {
        return "the mail server and the portal do not share a protocol".to_owned();
    }
    let mut reason = "the mail server cannot be reached".to_owned();
    let mut next = error.source();
    while let Some(cause) = next {
        reason.push_str(": ");
        reason.push_str(&cause.to_string());
        next = cause.source();
    }
    reason
}
