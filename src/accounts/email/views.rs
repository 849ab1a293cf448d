//! What the pages of an address show.

use askama::Template;

use crate::web::Page;

/// Asking for another address.
#[derive(Template)]
#[template(path = "players/email.html")]
pub(super) struct EmailPage {
    pub page: Page,
    /// The address that counts now; empty if there is none.
    pub email_masked: String,
    /// What was typed.
    pub email: String,
}

/// Entering the mailed code.
#[derive(Template)]
#[template(path = "players/email_verify.html")]
pub(super) struct EmailVerifyPage {
    pub page: Page,
    pub email_masked: String,
}

/// Taking a change back.
#[derive(Template)]
#[template(path = "players/email_undo.html")]
pub(super) struct EmailUndoPage {
    pub page: Page,
    /// Empty if the link leads nowhere.
    pub email_masked: String,
}
