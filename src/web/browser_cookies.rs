//! Adds the caller and the browser's random value to every request, and sets cookies on the response.
//!
//! This layer runs before any session is read.

use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{CONTENT_TYPE, COOKIE, SET_COOKIE};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use chrono::TimeDelta;

use crate::app::App;
use crate::web::caller::Caller;
use crate::web::cookies::{CookieName, SealedCookies};
use crate::web::error::PageError;
use crate::web::request_context::{self, Browser, FlashShown};
use crate::web::{api_problem, urls};

/// How long a browser keeps its random value.
const BROWSER_LASTS: TimeDelta = TimeDelta::days(30);

/// How long a browser keeps the language that a visitor chose.
const LANGUAGE_LASTS: TimeDelta = TimeDelta::days(365);

/// Prepares the request, and sets the cookies that its handling asks for.
pub async fn with_browser_cookies(
    mut request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let (Some(app), Some(cookies)) = (
        request.app_data::<web::Data<App>>().cloned(),
        request.app_data::<web::Data<SealedCookies>>().cloned(),
    ) else {
        return inner.call(request).await;
    };
    let now = app.clock.now();
    let Ok(caller) = Caller::of(request.request(), &app.config.http.trusted_proxies) else {
        return Ok(request.error_response(PageError::BadRequest));
    };
    // Games use no cookies, and those of a browser must not count (S80).
    let sends_cookies = if urls::is_for_games(request.path()) {
        let are_sent = cookies.are_sent(request.headers());
        request.headers_mut().remove(COOKIE);
        are_sent
    } else {
        cookies.keep_ours(request.headers_mut())
    };
    let browser = match Browser::of(request.request(), &cookies, sends_cookies, now) {
        Ok(browser) => Rc::new(browser),
        Err(fault) => return Ok(request.error_response(PageError::from(fault))),
    };
    request.extensions_mut().insert(Rc::new(caller));
    request.extensions_mut().insert(Rc::clone(&browser));
    if api_problem::is_for_machines(request.path()) {
        // Clients of the API use keys: no cookie is read, none is set.
        request.headers_mut().remove(COOKIE);
        return inner.call(request).await;
    }
    let mut response = inner.call(request).await?;
    if *response.request().method() == Method::HEAD {
        // Nobody has seen the page. What it shows once, and what waits for it, is kept for the GET.
        response.headers_mut().remove(SET_COOKIE);
        return Ok(response);
    }

    let is_page =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if let Some(value) = browser.new_value().filter(|_| is_page)
        && let Some(cookie) = cookies.write(CookieName::Browser, &value, now, BROWSER_LASTS)
    {
        // Without the cookie the next form asks for a reload, which is better than no page.
        let _ = response.response_mut().add_cookie(&cookie);
    }
    if let Some(language) = request_context::chosen_language(response.request())
        && let Some(cookie) = cookies.write(CookieName::Language, &language.as_str(), now, LANGUAGE_LASTS)
    {
        let _ = response.response_mut().add_cookie(&cookie);
    }
    if response.request().extensions().get::<FlashShown>().is_some() {
        let _ = response.response_mut().add_cookie(&cookies.forget(CookieName::Flash));
    }
    Ok(response)
}
