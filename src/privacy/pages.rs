//! The privacy page.

use crate::privacy::views::PrivacyPage;
use crate::web::responses::{self, Answer};
use crate::web::{Page, Visit};

/// GET `/privacy`
pub async fn show(visit: Visit) -> Answer {
    responses::page(&PrivacyPage::of(Page::new(&visit, "privacy-heading", "")?))
}
