//! Turns a neutral error response into a page with the usual layout and one link onward.
//!
//! It reads the current player after the inner call, so a 404 for a signed-in player keeps navigation and name.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use actix_web::middleware::Next;
use actix_web::{Error, ResponseError};
use askama::Template;

use crate::web::api_problem;
use crate::web::error::{PageError, ProblemCode, neutral};
use crate::web::page::Page;
use crate::web::request_context::RequestContext;
use crate::web::try_again::{ShownTryAgain, TryAgain};
use crate::web::urls::{self, NextAddress};

/// The page for errors without a page of their own.
#[derive(Template)]
#[template(path = "errors/page.html")]
struct ErrorPage {
    page: Page,
    code: &'static str,
    title: String,
    body: String,
    try_again: Option<ShownTryAgain>,
    reference: String,
    /// Address and label of the link onward.
    way: Option<(String, String)>,
}

/// The same page for staff.
#[derive(Template)]
#[template(path = "errors/desk.html")]
struct DeskErrorPage {
    page: Page,
    code: &'static str,
    title: String,
    body: String,
    try_again: Option<ShownTryAgain>,
    reference: String,
    way: Option<(String, String)>,
}

const HTML: &str = "text/html; charset=utf-8";

/// Renders the errors of handlers and of actix-web.
pub async fn render(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = inner.call(request).await?;
    let left = response.response().extensions().get::<ProblemCode>().cloned();
    let Some(problem) = left.clone().or_else(|| by_status(&response)) else { return Ok(response) };
    let request = response.request().clone();
    let (kind, rendered) = if api_problem::is_for_machines(request.path()) {
        (api_problem::JSON, Ok(api_problem::ProblemDetails::new(problem.status, problem.code).json(&request)))
    } else {
        (HTML, RequestContext::of(&request).and_then(|context| page_of(&context, &problem)))
    };
    let body = match rendered {
        Ok(body) => body,
        // The error page cannot be rendered, so the response keeps the neutral sentence.
        Err(error) => return Ok(ServiceResponse::new(request, error.error_response())),
    };
    if left.is_none() {
        let mut fresh = neutral(problem);
        for (name, value) in response.headers() {
            if name != CONTENT_TYPE && name != CONTENT_LENGTH {
                fresh.headers_mut().append(name.clone(), value.clone());
            }
        }
        response = ServiceResponse::new(request, fresh);
    }
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    Ok(response.map_body(|_, _| BoxBody::new(body)))
}

/// The problem for an error of actix-web itself: no route, wrong method, unreadable query.
fn by_status(response: &ServiceResponse<BoxBody>) -> Option<ProblemCode> {
    if response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == api_problem::JSON) {
        return None;
    }
    if response.headers().contains_key(CONTENT_TYPE) && response.response().error().is_none() {
        return None;
    }
    let status = response.status();
    let code = match status {
        StatusCode::NOT_FOUND => "not_found",
        StatusCode::METHOD_NOT_ALLOWED => "not_allowed",
        StatusCode::PAYLOAD_TOO_LARGE | StatusCode::URI_TOO_LONG => "too_large",
        _ if status.is_client_error() => "bad_request",
        _ if status.is_server_error() => "fault",
        _ => return None,
    };
    Some(ProblemCode { status, code, retry_after: None, fault: None })
}

fn page_of(context: &RequestContext, problem: &ProblemCode) -> Result<String, PageError> {
    let stem = format!("error-{}", problem.code.replace('_', "-"));
    let page = Page::new(context, &format!("{stem}-title"), "")?.into_error();
    let path = context.request.uri().path();
    let is_desk = urls::is_desk(path);
    let home = match (is_desk, &context.staff, &context.current_player) {
        (true, Some(_), _) => urls::SUPPORT,
        (true, None, _) => urls::STAFF_SIGN_IN,
        (false, _, Some(_)) => urls::ACCOUNT,
        (false, _, None) => urls::SIGN_IN,
    };
    let same_page = match problem.code {
        // Only the form failed, so the link reloads its page.
        "csrf" | "cookies_needed" | "throttled" | "busy" | "too_large" if is_desk => {
            NextAddress::parse_at_desk(path)
        }
        "csrf" | "cookies_needed" | "throttled" | "busy" | "too_large" => NextAddress::parse(path),
        _ => None,
    };
    let (way, label) = match &same_page {
        Some(next) if next.as_str() != home => (next.as_str(), "error-way-again"),
        _ => (home, "error-way-home"),
    };
    let way = Some((way.to_owned(), page.t(label)));
    let (title, body) = (page.title.clone(), page.t(&format!("{stem}-body")));
    let wait = problem.retry_after.filter(|_| problem.status == StatusCode::TOO_MANY_REQUESTS);
    let try_again = wait.map(|seconds| TryAgain::after(context.now, seconds).in_words(context.language));
    let (code, reference) = (problem.code, context.reference.to_string());
    if is_desk {
        return Ok(DeskErrorPage { page, code, title, body, try_again, reference, way }.render()?);
    }
    Ok(ErrorPage { page, code, title, body, try_again, reference, way }.render()?)
}
