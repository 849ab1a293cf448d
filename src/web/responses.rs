//! Builds the responses of handlers: pages, downloads and redirects.

use actix_web::HttpResponse;
use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_DISPOSITION, LOCATION, RETRY_AFTER};
use actix_web::web::Bytes;
use askama::Template;
use futures_util::{Stream, TryStreamExt};

use crate::web::error::PageError;

/// The result of a handler.
pub type PageResult = Result<HttpResponse, PageError>;

/// A page with status 200.
pub fn render_page(template: &impl Template) -> PageResult {
    page_with(StatusCode::OK, template)
}

/// The page again, because the form was not accepted (422).
pub fn unprocessable(template: &impl Template) -> PageResult {
    page_with(StatusCode::UNPROCESSABLE_ENTITY, template)
}

/// The page again: 429 with `retry_after` in seconds, otherwise 422.
pub fn refused(template: &impl Template, retry_after: Option<i64>) -> PageResult {
    match retry_after {
        Some(seconds) => too_many(template, seconds),
        None => unprocessable(template),
    }
}

/// The page with the present state: something changed meanwhile, or the action is not allowed (409).
pub fn conflict(template: &impl Template) -> PageResult {
    page_with(StatusCode::CONFLICT, template)
}

/// The page again, because there were too many tries (429).
pub fn too_many(template: &impl Template, retry_after: i64) -> PageResult {
    let mut response = page_with(StatusCode::TOO_MANY_REQUESTS, template)?;
    response.headers_mut().insert(RETRY_AFTER, retry_after.max(1).into());
    Ok(response)
}

pub fn page_with(status: StatusCode, template: &impl Template) -> PageResult {
    Ok(HttpResponse::build(status)
        .content_type("text/html; charset=utf-8")
        .insert_header((CACHE_CONTROL, "no-store"))
        .body(template.render()?))
}

/// An answer to a script of a page.
pub fn json(status: StatusCode, value: &serde_json::Value) -> HttpResponse {
    HttpResponse::build(status).insert_header((CACHE_CONTROL, "no-store")).json(value)
}

/// A file to download under this name.
pub fn download(name: &str, content_type: &str, bytes: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// A file that is sent while it is written. If writing fails, the browser sees an incomplete download.
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

/// Redirects to `path`, as every successful POST does (303).
pub fn see_other(path: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, path))
        .insert_header((CACHE_CONTROL, "no-store"))
        .finish()
}
