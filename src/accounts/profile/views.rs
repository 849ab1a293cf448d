//! What the profile page shows.

use askama::Template;

use crate::web::Page;

#[derive(Template)]
#[template(path = "players/profile.html")]
pub(super) struct ProfilePage {
    pub page: Page,
    pub display_name: String,
    /// Whether Amazon gave a name to follow.
    pub can_sync: bool,
    pub sync_display_name: bool,
    pub user_name: String,
    /// Tag, name, whether the language is chosen.
    pub languages: Vec<(String, String, bool)>,
    pub email_masked: String,
    /// The address that waits for its code, masked; empty if none does.
    pub email_waiting: String,
}
