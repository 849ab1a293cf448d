//! `/dev/outbox`: where development reads the mails it does not send. Everywhere else it is not there.

use secrecy::ExposeSecret;

use crate::app::App;
use crate::outbound::mail::message::place_of_body;
use crate::outbound::mail::store::{self, KeptMail};
use crate::outbound::mail::views::{OutboxMail, OutboxPage};
use crate::web::{Page, PageError, PageResult, RequestContext, responses};

/// How many letters the page shows.
const SHOWN: i64 = 100;

/// The letters, newest first.
pub async fn show(visit: RequestContext) -> PageResult {
    let app = &visit.app;
    if app.config.is_production() || app.config.mail.smtp_url().is_some() {
        return Err(PageError::NotFound);
    }
    let kept = app.db.read(|conn| store::newest(conn, SHOWN)).await?;
    let page = Page::new(&visit, "outbox-heading", "")?;
    let mails = kept.into_iter().map(|letter| opened(app, &page, letter)).collect();
    responses::page(&OutboxPage { page, mails })
}

fn opened(app: &App, page: &Page, letter: KeptMail) -> OutboxMail {
    let text = match app.vault.open(&place_of_body(&letter.id), &letter.body_sealed) {
        Ok(text) => text.expose_secret().to_owned(),
        // Keys of development come and go with its data folder.
        Err(why) => why.to_string(),
    };
    OutboxMail {
        to: letter.recipient,
        kind: letter.kind.as_str(),
        subject: letter.subject,
        at: page.moment(letter.created_at),
        text,
    }
}
