//! `/dev/outbox`: the mails that development does not send. Production and a mail server switch the page off.

use secrecy::ExposeSecret;

use crate::app::App;
use crate::outbound::mail::message::place_of_body;
use crate::outbound::mail::store::{self, KeptMail};
use crate::outbound::mail::views::{OutboxMail, OutboxPage};
use crate::web::{Page, PageError, PageResult, RequestContext, responses};

/// How many mails the page shows.
const SHOWN: i64 = 100;

/// The mails, newest first.
pub async fn show(context: RequestContext) -> PageResult {
    let app = &context.app;
    if app.config.is_production() || app.config.mail.smtp_url().is_some() {
        return Err(PageError::NotFound);
    }
    let kept = app.db.read(|conn| store::newest(conn, SHOWN)).await?;
    let page = Page::new(&context, "outbox-heading", "")?;
    let mails = kept.into_iter().map(|mail| open_mail(app, &page, mail)).collect();
    responses::render_page(&OutboxPage { page, mails })
}

fn open_mail(app: &App, page: &Page, mail: KeptMail) -> OutboxMail {
    let text = match app.vault.open(&place_of_body(&mail.id), &mail.body_sealed) {
        Ok(text) => text.expose_secret().to_owned(),
        // A key of development may have been deleted with its data folder.
        Err(why) => why.to_string(),
    };
    OutboxMail {
        to: mail.recipient,
        kind: mail.kind.as_str(),
        subject: mail.subject,
        at: page.moment(mail.created_at),
        text,
    }
}
