//! What the password page shows.

use askama::Template;

use crate::web::Page;

#[derive(Template)]
#[template(path = "players/password.html")]
pub(super) struct PasswordPage {
    pub page: Page,
    pub has_password: bool,
    /// Whether the player could still sign in without it, with Amazon or a passkey.
    pub can_remove: bool,
    /// Whether a user name is requested, because the player has nothing else to sign in with.
    pub needs_user_name: bool,
    /// What was typed.
    pub user_name: String,
    /// Where to go afterwards; empty for the security page.
    pub next: String,
    pub password_hint: String,
    /// For the browser's password manager.
    pub login_name: String,
}

/// The page that asks before the password goes.
#[derive(Template)]
#[template(path = "players/password_remove.html")]
pub(super) struct RemovePasswordPage {
    pub page: Page,
    /// What remains as ways in.
    pub with_amazon: bool,
    pub with_passkey: bool,
}
