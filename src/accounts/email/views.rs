//! What the address pages show.

use askama::Template;

use crate::web::Page;

/// The page that requests another address.
#[derive(Template)]
#[template(path = "players/email.html")]
pub(super) struct EmailPage {
    pub page: Page,
    /// The current address; empty if there is none.
    pub email_masked: String,
    /// What was typed.
    pub email: String,
    /// Whether another address waits for its code.
    pub email_waits: bool,
}

/// The page for the mailed code.
#[derive(Template)]
#[template(path = "players/email_verify.html")]
pub(super) struct EmailVerifyPage {
    pub page: Page,
    pub email_masked: String,
}

/// The page that undoes a change.
#[derive(Template)]
#[template(path = "players/email_undo.html")]
pub(super) struct EmailUndoPage {
    pub page: Page,
    /// Empty if the link is not valid.
    pub email_masked: String,
    /// Who is signed in, if it is not whose link it is.
    pub whose: String,
}
