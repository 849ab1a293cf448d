//! The only builders of responses.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, LOCATION, RETRY_AFTER};
use askama::Template;

use crate::web::error::PageError;

/// What a handler gives.
pub type Answer = Result<HttpResponse, PageError>;

/// The page, as it should be.
pub fn page(template: &impl Template) -> Answer {
    page_with(StatusCode::OK, template)
}

/// The same page again, because the form was not accepted (422).
pub fn unprocessable(template: &impl Template) -> Answer {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// The same page again, because there were too many tries (429).
pub fn too_many(template: &impl Template, retry_after: i64) -> Answer {
    let mut response = page_with(StatusCode::TOO_MANY_REQUESTS, template)?;
    response.headers_mut().insert(RETRY_AFTER, retry_after.max(1).into());
    Ok(response)
}

/// A page with a status of its own.
pub fn page_with(status: StatusCode, template: &impl Template) -> Answer {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(template.render()?))
}

/// The answer to every POST that did its work, and the way to a clean address.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
