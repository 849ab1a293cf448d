//! The desk's home page.

use crate::staff;
use crate::support::views::HomePage;
use crate::web::{Answer, Page, Permission, Visit, answer, urls};

/// `GET /support`
pub async fn home(visit: Visit) -> Answer {
    let mut matters = Vec::new();
    if visit.staff()?.role.may(Permission::Staff) {
        let now = visit.now;
        let open = visit.app.db.read(move |conn| staff::count_open(conn, now)).await?;
        if open > 0 {
            let sentence = visit.language.text_for_count("desk-proposals", open);
            matters.push((sentence, urls::STAFF.to_owned()));
        }
    }
    answer::page(&HomePage { page: Page::new(&visit, "desk-heading", "home")?, matters })
}
