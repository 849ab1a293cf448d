//! The privacy page.

use crate::privacy::views::PrivacyPage;
use crate::web::responses::{self, PageResult};
use crate::web::{Page, RequestContext};

/// `GET /privacy`
pub async fn show(context: RequestContext) -> PageResult {
    responses::render_page(&PrivacyPage::of(Page::new(&context, "privacy-heading", "")?))
}
