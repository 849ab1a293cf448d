//! `/account/activity`.

use actix_web::web::Query;

use crate::accounts::activity::forms::ActivityForm;
use crate::accounts::activity::views::ActivityPage;
use crate::accounts::activity::{grouping, visible_events};
use crate::audit::{self, AuditFilter};
use crate::web::{PageResult, RequestContext, responses};

/// Entries on one page.
const LINES: usize = 25;
/// Records read for one page. Many records of a day that say the same become one entry.
const RECORDS: usize = 150;

/// `GET /account/activity`
pub async fn show(context: RequestContext, form: Query<ActivityForm>) -> PageResult {
    let form = form.into_inner();
    let (kinds, actor) = visible_events::filter_kinds(form.group());
    let player = Some(context.player()?.player.id.clone());
    let filter = AuditFilter { kinds, actor, player, ..AuditFilter::default() };
    let (vault, before) = (context.app.vault.clone(), form.before());
    let limit = i64::try_from(RECORDS + 1).unwrap_or(i64::MAX);
    let mut records = context
        .app
        .db
        .read(move |conn| audit::list_records(conn, &vault, &filter, before.as_deref(), limit))
        .await?;
    let has_more = records.len() > RECORDS;
    records.truncate(RECORDS);
    let folded = grouping::group_entries(records, LINES, has_more);
    responses::render_page(&ActivityPage::new(&context, &form, folded)?)
}
