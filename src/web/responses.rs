//! The only builders of responses.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, LOCATION, RETRY_AFTER};
use actix_web::web::Bytes;
use askama::Template;
use futures_util::{Stream, TryStreamExt};

use crate::web::error::PageError;

/// What a handler gives.
pub type PageResult = Result<HttpResponse, PageError>;

/// The page, as it should be.
pub fn page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// The same page again, because the form was not accepted (422).
pub fn unprocessable(template: &impl Template) -> PageResult {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// The same page again: not accepted, or after so many seconds.
pub fn refused(template: &impl Template, retry_after: Option<i64>) -> PageResult {
    match retry_after {
        Some(seconds) => too_many(template, seconds),
        None => unprocessable(template),
    }
}

/// The same page, with what it shows now: something changed meanwhile, or must not be (409).
pub fn conflict(template: &impl Template) -> PageResult {
    page_with(StatusCode::CONFLICT, template)
}

/// The same page again, because there were too many tries (429).
pub fn too_many(template: &impl Template, retry_after: i64) -> PageResult {
    let mut response = page_with(StatusCode::TOO_MANY_REQUESTS, template)?;
    response.headers_mut().insert(RETRY_AFTER, retry_after.max(1).into());
    Ok(response)
}

/// A page with a status of its own.
pub fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(template.render()?))
}

/// A file for the person who asked, under this name.
pub fn download(name: &str, content_type: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// A file that is sent while it is written. One that breaks off is no whole file to the browser either.
pub fn download_as_written<S, E>(name: &str, content_type: &str, parts: S) -> HttpResponse<BoxBody>
where
    S: Stream<Item = Result<String, E>> + 'static,
    E: std::error::Error + 'static,
{
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .streaming(parts.map_ok(Bytes::from))
}

/// The answer to every POST that did its work, and the way to a clean address.
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
