//! What the desk's home page shows.

use askama::Template;

use crate::web::Page;

/// `/support`.
#[derive(Template)]
#[template(path = "support/home.html")]
pub(super) struct HomePage {
    pub page: Page,
    /// What waits for somebody: a sentence, and where to go.
    pub matters: Vec<(String, String)>,
}
