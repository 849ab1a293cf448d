//! The privacy page.

use crate::privacy::views::PrivacyPage;
use crate::web::answer::{self, Answer};
use crate::web::{Page, Visit};

/// GET `/privacy`
pub async fn show(visit: Visit) -> Answer {
    answer::page(&PrivacyPage::of(Page::new(&visit, "privacy-heading", "")?))
}
