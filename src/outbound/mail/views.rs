//! What the page of unsent mails prints.

use askama::Template;

use crate::web::Page;
use crate::web::page::ShownTime;

/// `/dev/outbox`.
#[derive(Template)]
#[template(path = "mail/outbox.html")]
pub(super) struct OutboxPage {
    pub page: Page,
    pub mails: Vec<OutboxMail>,
}

/// One mail with its opened text.
pub(super) struct OutboxMail {
    pub to: String,
    pub kind: &'static str,
    pub subject: String,
    pub at: ShownTime,
    pub text: String,
}
