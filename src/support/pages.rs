//! The desk's home page.

use crate::staff;
use crate::support::views::HomePage;
use crate::web::{Answer, Page, Permission, Visit, answer, urls};

/// So few recovery codes left are told to their owner.
const FEW_CODES: i64 = 2;

/// `GET /support`
pub async fn home(visit: Visit) -> Answer {
    let viewer = visit.staff()?;
    let (id, now, decides) = (viewer.id.clone(), visit.now, viewer.role.may(Permission::Staff));
    let (open, codes) = visit
        .app
        .db
        .read(move |conn| {
            let open = if decides { staff::count_open(conn, now)? } else { 0 };
            Ok((open, staff::count_recovery(conn, &id)?))
        })
        .await?;
    let mut matters = Vec::new();
    if open > 0 {
        let sentence = visit.language.text_for_count("desk-proposals", open);
        matters.push((sentence, urls::STAFF.to_owned()));
    }
    if codes <= FEW_CODES {
        let sentence = visit.language.text_for_count("desk-recovery-low", codes);
        matters.push((sentence, urls::STAFF_RECOVERY.to_owned()));
    }
    answer::page(&HomePage { page: Page::new(&visit, "desk-heading", "home")?, matters })
}
