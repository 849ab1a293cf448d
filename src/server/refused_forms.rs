//! Holds the page of a refused form, and shows it at the GET that follows.
//!
//! [`hold_refusal`] is outside the error pages, so that it meets every refusal as a page. [`show_refusal`] is inside
//! the guard, so that only who may see the page sees it.

use std::collections::HashMap;
use std::rc::Rc;
use std::sync::LazyLock;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION, RETRY_AFTER,
};
use actix_web::http::{Method, StatusCode};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, HttpRequest, HttpResponse, ResponseError};
use chrono::TimeDelta;

use crate::platform::fault::Fault;
use crate::server::routes;
use crate::sessions::held_answer::{self, HeldAnswer, HeldAnswerId};
use crate::web::cookies::{CookieName, OutgoingCookie};
use crate::web::guard::Audience;
use crate::web::headers::LeadsToAmazon;
use crate::web::refused_form::{Held, HeldMark, OutdatedForm, PostedForm, TypedBefore};
use crate::web::request_context::FlashShown;
use crate::web::{Notice, PageError, RequestContext, urls};

const HTML: &str = "text/html; charset=utf-8";

/// The paths that have a page, and who may see it.
static PAGES: LazyLock<HashMap<&'static str, Audience>> = LazyLock::new(|| {
    let rows = routes::table().into_iter();
    let pages = rows.filter(|row| row.method == Method::GET && !row.path.contains('{'));
    pages.map(|row| (row.path, row.who)).collect()
});

/// Answers a refused form 303 to its page.
///
/// What cannot be held is answered directly: for a browser without cookies, without a database, or in JSON.
pub async fn hold_refusal(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let response = inner.call(request).await?;
    let Some(form) = refused_form(&response) else { return Ok(response) };
    let Ok(context) = RequestContext::of(response.request()) else { return Ok(response) };
    let Some(page) = page_of(&context, &form) else { return Ok(response) };
    if !context.is_known_browser() {
        return Ok(response);
    }
    let outdated = response.request().extensions().get::<OutdatedForm>().cloned();
    if let Some(OutdatedForm(typed)) = outdated {
        // The error page has used up the notice of an earlier page. The new one takes its place.
        response.request().extensions_mut().remove::<FlashShown>();
        let cookie = HeldMark::cookie(&context, &page, Held::Typed(typed), held_answer::LASTS);
        let (request, answer) = response.into_parts();
        let notice = Notice::warn("csrf").with_text("form-outdated");
        let answer = see_page(answer.drop_body(), &page, &form, cookie);
        return Ok(ServiceResponse::new(request, notice.attach_to(&context, answer)));
    }
    // The redirect itself has no form. If nothing can be held, the page gets its header back.
    let leads_to_amazon = response.request().extensions_mut().remove::<LeadsToAmazon>().is_some();
    let (request, answer) = response.into_parts();
    let (answer, body) = answer.into_parts();
    let bytes = match body.try_into_bytes() {
        Ok(bytes) => bytes,
        Err(body) => {
            mark_way_to_amazon(&request, leads_to_amazon);
            return Ok(ServiceResponse::new(request, answer.set_body(body)));
        }
    };
    let held = HeldAnswer {
        status: answer.status().as_u16(),
        retry_at: retry_after(answer.headers()).map(|seconds| context.now + seconds),
        leads_to_amazon,
        html: String::from_utf8_lossy(&bytes).into_owned(),
    };
    let cookie = match held_answer::hold(&context, &held).await {
        Ok(id) => id.and_then(|id| {
            HeldMark::cookie(&context, &page, Held::Answer(id.to_string()), held_answer::LASTS)
        }),
        Err(fault) => {
            tell_not_held(&fault);
            None
        }
    };
    let answer = if let Some(cookie) = cookie {
        see_page(answer, &page, &form, Some(cookie))
    } else {
        mark_way_to_amazon(&request, leads_to_amazon);
        answer.set_body(BoxBody::new(bytes))
    };
    Ok(ServiceResponse::new(request, answer))
}

/// Shows what is held for this page, and otherwise lets the page answer. HEAD takes nothing away.
pub async fn show_refusal(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let context = RequestContext::of(request.request()).ok();
    let context = context.filter(|_| *request.method() == Method::GET);
    let marked = context.and_then(|context| Some((HeldMark::of(&context)?, context)));
    let Some((mark, context)) = marked else { return inner.call(request).await };
    let mut response = match mark.held {
        Held::Answer(id) => match take(&context, id).await {
            Some(held) => {
                mark_way_to_amazon(request.request(), held.leads_to_amazon);
                request.into_response(shown(&context, held))
            }
            None => inner.call(request).await?,
        },
        Held::Typed(typed) => {
            request.extensions_mut().insert(TypedBefore(Rc::new(typed)));
            let mut response = inner.call(request).await?;
            if response.status() == StatusCode::OK {
                *response.response_mut().status_mut() = StatusCode::FORBIDDEN;
                response
            } else {
                // The page of the form is gone, so nothing can be sent again.
                response.into_response(PageError::Csrf.error_response())
            }
        }
    };
    // If the cookie stays, the page is shown as usual the next time.
    let _ = response.response_mut().add_cookie(&context.cookies.forget(CookieName::Held));
    Ok(response)
}

fn mark_way_to_amazon(request: &HttpRequest, leads_to_amazon: bool) {
    if leads_to_amazon {
        request.extensions_mut().insert(LeadsToAmazon);
    }
}

/// The form, if a browser sent it and gets a page that refuses it.
fn refused_form(response: &ServiceResponse<BoxBody>) -> Option<PostedForm> {
    let is_page = response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind == HTML);
    let accepts = response.request().headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let wants_pages = accepts.is_none_or(|kinds| kinds.contains("text/html") || kinds.contains("*/*"));
    let is_refused = response.status().is_client_error() && is_page && wants_pages;
    response.request().extensions().get::<PostedForm>().filter(|_| is_refused).cloned()
}

/// The path of the page that has the form.
fn page_of(context: &RequestContext, form: &PostedForm) -> Option<String> {
    if form.path.starts_with(urls::SUPPORT_ACTIONS)
        && let Some(page) = form.player.as_deref().and_then(urls::page_of_player)
    {
        return Some(page);
    }
    let page = urls::page_of_form(&form.path, |path| PAGES.contains_key(path))?;
    // Visitors send some forms that players may send, too.
    let is_for_visitors = PAGES.get(page) == Some(&Audience::SignedOut);
    let page = if is_for_visitors && context.current_player.is_some() { urls::ACCOUNT } else { page };
    Some(page.to_owned())
}

/// Turns the answer into a redirect. Its cookies and its problem stay.
fn see_page<B>(
    mut answer: HttpResponse<B>,
    page: &str,
    form: &PostedForm,
    cookie: Option<OutgoingCookie>,
) -> HttpResponse {
    *answer.status_mut() = StatusCode::SEE_OTHER;
    let target = if form.query.is_empty() { page.to_owned() } else { format!("{page}?{}", form.query) };
    let headers = answer.headers_mut();
    for name in [CONTENT_TYPE, CONTENT_LENGTH, RETRY_AFTER] {
        headers.remove(name);
    }
    // Both come from the table of routes and from an encoded query.
    let target = HeaderValue::from_str(&target).unwrap_or(HeaderValue::from_static(urls::ACCOUNT));
    headers.insert(LOCATION, target);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(cookie) = cookie {
        let _ = answer.add_cookie(&cookie);
    }
    answer.set_body(BoxBody::new(()))
}

async fn take(context: &RequestContext, id: String) -> Option<HeldAnswer> {
    match held_answer::take(context, HeldAnswerId::from(id)).await {
        Ok(held) => held,
        Err(fault) => {
            tell_not_held(&fault);
            None
        }
    }
}

fn tell_not_held(fault: &Fault) {
    tracing::warn!(event = "server.refused_form.not_held", %fault, "the page of a refused form was not held");
}

fn shown(context: &RequestContext, held: HeldAnswer) -> HttpResponse {
    let mut answer =
        HttpResponse::build(StatusCode::from_u16(held.status).unwrap_or(StatusCode::UNPROCESSABLE_ENTITY));
    answer.content_type(HTML).insert_header((CACHE_CONTROL, "no-store"));
    if let Some(at) = held.retry_at {
        // Rounded up: whoever comes back in time is not refused again.
        let left = ((at - context.now).num_milliseconds() + 999) / 1_000;
        answer.insert_header((RETRY_AFTER, left.max(1)));
    }
    answer.body(held.html)
}

fn retry_after(headers: &HeaderMap) -> Option<TimeDelta> {
    let seconds: i64 = headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok()?;
    TimeDelta::try_seconds(seconds)
}
