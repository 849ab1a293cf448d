//! `/support/players`: the search.

use actix_web::web::Query;

use crate::platform::rate_limit::Verdict;
use crate::support::search::find;
use crate::support::search::forms::SearchForm;
use crate::support::search::list::Place;
use crate::support::search::model::{self, LONGEST, Unclear};
use crate::support::search::views::SearchPage;
use crate::support::view_quota;
use crate::web::page::Notice;
use crate::web::{Answer, Visit, responses};

/// `GET /support/players`. A search leaves a record (product §9).
pub async fn show(visit: Visit, form: Query<SearchForm>) -> Answer {
    let q = model::cleaned(&form.q);
    if q.is_empty() {
        return responses::page(&SearchPage::empty(&visit, "")?);
    }
    let question = match model::understand(&q) {
        Ok(question) => question,
        Err(unclear) => return unprocessable(&visit, &q, unclear),
    };
    let viewer = visit.staff()?;
    if let Verdict::Refused { retry_after } = view_quota::search(&visit, viewer).await? {
        return too_many(&visit, &q, retry_after);
    }
    let after = Place::read(&form.after);
    let is_first = after.is_none();
    let found = find::find(&visit, viewer, question, after).await?;
    responses::page(&SearchPage::new(&visit, &q, found, is_first)?)
}

fn unprocessable(visit: &Visit, q: &str, unclear: Unclear) -> Answer {
    let mut shown = SearchPage::empty(visit, q)?;
    let sentence = match unclear {
        Unclear::TooShort => shown.page.t("search-too-short"),
        Unclear::TooLong => shown.page.t_of("search-too-long", &[("most", &LONGEST.to_string())]),
    };
    shown.page = shown.page.with_errors(vec![("q".to_owned(), sentence)]);
    responses::unprocessable(&shown)
}

fn too_many(visit: &Visit, q: &str, retry_after: i64) -> Answer {
    let mut shown = SearchPage::empty(visit, q)?;
    let notice = Notice::worded(visit.language, "warn", "throttled", "staff-searches");
    shown.page = shown.page.with_notice(notice);
    responses::too_many(&shown, retry_after)
}
