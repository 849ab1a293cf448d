//! `/support/players`: the search.

use actix_web::web::Query;

use crate::platform::rate_limit::RateVerdict;
use crate::support::search::find;
use crate::support::search::forms::SearchForm;
use crate::support::search::list::ListPosition;
use crate::support::search::model::{self, LONGEST, UnclearQuery};
use crate::support::search::views::SearchPage;
use crate::support::view_quota;
use crate::web::Notice;
use crate::web::{PageResult, RequestContext, responses};

/// `GET /support/players`. The request changes no data, but writes an audit record (S125).
pub async fn show(context: RequestContext, form: Query<SearchForm>) -> PageResult {
    let q = model::cleaned(&form.q);
    if q.is_empty() {
        return responses::render_page(&SearchPage::empty(&context, "")?);
    }
    let question = match model::understand(&q) {
        Ok(question) => question,
        Err(unclear) => return unprocessable(&context, &q, unclear),
    };
    let staff_member = context.staff()?;
    if let RateVerdict::Refused { retry_after } = view_quota::take_search(&context, staff_member).await? {
        return too_many(&context, &q, retry_after);
    }
    let after = ListPosition::read(&form.after);
    let is_first = after.is_none();
    let found = find::find_players(&context, staff_member, question, after).await?;
    responses::render_page(&SearchPage::new(&context, &q, found, is_first)?)
}

fn unprocessable(context: &RequestContext, q: &str, unclear: UnclearQuery) -> PageResult {
    let mut shown = SearchPage::empty(context, q)?;
    let sentence = match unclear {
        UnclearQuery::TooShort => shown.page.t("search-too-short"),
        UnclearQuery::TooLong => shown.page.t_of("search-too-long", &[("most", &LONGEST.to_string())]),
    };
    shown.page = shown.page.with_errors(vec![("q".to_owned(), sentence)]);
    responses::unprocessable(&shown)
}

fn too_many(context: &RequestContext, q: &str, retry_after: i64) -> PageResult {
    let mut shown = SearchPage::empty(context, q)?;
    let notice = Notice::throttled(context.now, retry_after).at("q").with_text("staff-searches");
    shown.page = shown.page.with_notice(notice);
    responses::too_many(&shown, retry_after)
}
