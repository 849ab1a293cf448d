//! One pass over the outbox: claims due mails, gives them to the mail server, and records the outcomes.
//!
//! Codes come before links to get in again, and these before notices.
//!
//! Several copies may run at once. A mail may arrive twice if the server's answer was lost or a copy of the program
//! died in between. Both have the same Message-ID. No mail is lost that way.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::StreamExt;
use futures_util::stream::FuturesUnordered;
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use crate::app::App;
use crate::outbound::mail::message::{place_of_body, sent_subject};
use crate::outbound::mail::mime::{MimeParts, message};
use crate::outbound::mail::smtp::{CONNECTIONS, SmtpResult, SmtpServer};
use crate::outbound::mail::store::{self, ClaimedMail};
use crate::platform::fault::Fault;
use crate::platform::jobs::backoff::Backoff;
use crate::platform::jobs::lease::Lease;
use crate::platform::metrics::MailResult;

/// A mail older than this is no longer sent.
const GIVE_UP_AFTER: TimeDelta = TimeDelta::hours(24);
/// Longer than sending can take (`MAIL_TIMEOUT`), and so short that a mail under way when
/// a copy of the program is killed leaves within a minute.
const LEASE: TimeDelta = TimeDelta::seconds(55);
/// How often a pass looks for mails while others are being sent.
const LOOKS_EVERY: Duration = Duration::from_secs(1);
/// A pass claims nothing after this time, so that the worker is seen to be alive.
const LONGEST_PASS: Duration = Duration::from_mins(5);
/// The pauses between attempts: 30 s, 1 min, 2 min … 2 h.
const PAUSES: Backoff = Backoff::doubling(Duration::from_secs(30), Duration::from_hours(2));

/// Sends the due mails. Returns how many the mail server accepted; 0 without a mail server.
#[cfg(feature = "test-support")]
pub async fn deliver_due(app: &App) -> Result<usize, Fault> {
    let Some(server) = server(app)? else { return Ok(0) };
    let sent = run_delivery_pass(app, &server, &CancellationToken::new()).await?;
    Ok(sent.into_iter().filter(|is_sent| *is_sent).count())
}

/// The configured mail server, if there is one.
pub(super) fn server(app: &App) -> Result<Option<SmtpServer>, Fault> {
    app.config.mail.smtp_url().map(SmtpServer::at).transpose()
}

/// Claims due mails and sends them, until none is due. Returns of each claimed mail whether it was sent.
///
/// A connection that is free claims the next mail, so that a slow one holds nobody up. No more mails are claimed than
/// there are connections, so that stopping waits for one mail on each at most.
pub(super) async fn run_delivery_pass(
    app: &App,
    server: &SmtpServer,
    stop: &CancellationToken,
) -> Result<Vec<bool>, Fault> {
    let (mut sending, mut done, mut failed) = (FuturesUnordered::new(), Vec::new(), None);
    let claims_until = Instant::now() + LONGEST_PASS;
    loop {
        let free = CONNECTIONS.saturating_sub(sending.len());
        if free > 0 && failed.is_none() && !stop.is_cancelled() && Instant::now() < claims_until {
            let claiming = claim_due(app, free);
            tokio::pin!(claiming);
            // The mails under way go on meanwhile, because one of them may have the turn to write.
            let claimed = loop {
                tokio::select! {
                    claimed = &mut claiming => break claimed,
                    Some(result) = sending.next() => match result {
                        Ok(is_sent) => done.push(is_sent),
                        Err(fault) => failed = Some(fault),
                    },
                }
            };
            match claimed {
                Ok((owner, claimed)) => {
                    sending.extend(claimed.into_iter().map(|mail| deliver(app, server, mail, owner.clone())));
                }
                Err(fault) => failed = Some(fault),
            }
        }
        tokio::select! {
            result = sending.next() => match result {
                Some(Ok(is_sent)) => done.push(is_sent),
                Some(Err(fault)) => failed = Some(fault),
                None => return failed.map_or(Ok(done), Err),
            },
            () = tokio::time::sleep(LOOKS_EVERY) => {}
        }
    }
}

/// Claims as many due mails as connections are `free`. Returns them with the owner of their lease.
async fn claim_due(app: &App, free: usize) -> Result<(String, Vec<ClaimedMail>), Fault> {
    let (lease, limit) = (Lease::new(&app.clock, LEASE), i64::try_from(free).unwrap_or(i64::MAX));
    let (owner, wanted) = (lease.owner.clone(), lease.clone());
    let due = app.db.read(move |conn| store::due(conn, &wanted, limit)).await?;
    if due.is_empty() {
        return Ok((owner, Vec::new()));
    }
    let claimed: Vec<ClaimedMail> = app
        .db
        .write(move |conn| {
            let claims = due.iter().map(|id| store::claim(conn, id, &lease));
            let claims: Result<Vec<_>, _> = claims.collect();
            Ok(claims?)
        })
        .await?
        .into_iter()
        .flatten()
        .collect();
    Ok((owner, claimed))
}

/// Whether the mail was sent.
async fn deliver(app: &App, server: &SmtpServer, mail: ClaimedMail, lease: String) -> Result<bool, Fault> {
    let result = if app.clock.now() - mail.created_at > GIVE_UP_AFTER {
        SmtpResult::Rejected("it is too old".to_owned())
    } else {
        match mime_message(app, &mail) {
            Ok(message) => server.send(message).await,
            Err(fault) => SmtpResult::Rejected(fault.to_string()),
        }
    };
    let now = app.clock.now();
    let ClaimedMail { id, kind, attempts, created_at, .. } = mail;
    let kind = kind.as_str();
    match result {
        SmtpResult::Sent => {
            tracing::info!(
                event = "outbound.mail.sent",
                mail.id = %id,
                mail.kind = kind,
                mail.attempts = attempts,
                "a mail was sent"
            );
            app.db.write(move |conn| Ok(store::record_sent(conn, &id, &lease, now)?)).await?;
            app.metrics.mails.add(MailResult::Sent);
            Ok(true)
        }
        SmtpResult::Deferred(reason) => {
            let until = now + PAUSES.pause_after(attempts);
            if until - created_at > GIVE_UP_AFTER {
                return fail(app, id, lease, kind, &reason, now).await;
            }
            tracing::warn!(
                event = "outbound.mail.deferred",
                mail.id = %id,
                mail.kind = kind,
                mail.attempts = attempts,
                reason,
                "sending a mail failed and will be tried again"
            );
            app.db.write(move |conn| Ok(store::record_deferred(conn, &id, &lease, until)?)).await?;
            app.metrics.mails.add(MailResult::PutOff);
            Ok(false)
        }
        SmtpResult::Rejected(reason) => fail(app, id, lease, kind, &reason, now).await,
    }
}

async fn fail(
    app: &App,
    id: String,
    lease: String,
    kind: &'static str,
    reason: &str,
    now: DateTime<Utc>,
) -> Result<bool, Fault> {
    tracing::error!(
        event = "outbound.mail.abandoned",
        mail.id = %id,
        mail.kind = kind,
        reason,
        "sending a mail failed for good"
    );
    app.db.write(move |conn| Ok(store::record_failed(conn, &id, &lease, now)?)).await?;
    app.metrics.mails.add(MailResult::Failed);
    Ok(false)
}

fn mime_message(app: &App, mail: &ClaimedMail) -> Result<lettre::Message, Fault> {
    let body = app
        .vault
        .open(&place_of_body(&mail.id), &mail.body_sealed)
        .map_err(|error| Fault::broken("opening a mail", error))?;
    let parts = MimeParts {
        id: &mail.id,
        recipient: &mail.recipient,
        subject: &sent_subject(&mail.subject, &body),
        body: &body,
        written_at: mail.created_at,
    };
    message(&app.config.mail.from, &parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outbound::mail::smtp::MAIL_TIMEOUT;

    #[test]
    fn a_lease_is_longer_than_sending_and_shorter_than_a_minute() {
        let lease = LEASE.to_std().unwrap();
        assert!(MAIL_TIMEOUT + Duration::from_secs(10) < lease);
        assert!(lease + LOOKS_EVERY < Duration::from_mins(1));
    }

    #[test]
    fn twenty_attempts_cover_the_day_after_which_a_mail_is_given_up() {
        let pauses: Duration = (1..=20).map(|attempts| PAUSES.pause_after(attempts)).sum();
        assert!(pauses > GIVE_UP_AFTER.to_std().unwrap(), "{pauses:?}");
    }
}
