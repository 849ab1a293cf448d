//! The simulator's pages. They resemble no real site, so that nobody takes them for Amazon's.

use actix_web::http::StatusCode;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, ContentType, REFERRER_POLICY};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;

use super::clients::RegisteredClient;
use super::customers::SimulatedCustomer;
use super::scopes;
use super::state::SimulatorState;

/// The most buttons on the sign-in page. Other customers sign in by their key.
const BUTTONS: usize = 24;

pub(super) fn sign_in(simulator_state: &SimulatorState, app: &str, back: &str) -> HttpResponse {
    let customers = simulator_state.customers();
    let hidden = customers.len().saturating_sub(BUTTONS);
    let customers = customers.into_iter().take(BUTTONS).collect();
    html(StatusCode::OK, &SignInPage { app, back, customers, hidden })
}

pub(super) fn consent(
    customer: &SimulatedCustomer,
    client: &RegisteredClient,
    here: &str,
    scopes: Vec<(String, bool)>,
) -> HttpResponse {
    let items = items(customer, scopes);
    html(StatusCode::OK, &ConsentPage { customer, client, here, items, user_code: "" })
}

pub(super) fn device_consent(
    customer: &SimulatedCustomer,
    client: &RegisteredClient,
    here: &str,
    user_code: &str,
    scopes: Vec<(String, bool)>,
) -> HttpResponse {
    let items = items(customer, scopes);
    html(StatusCode::OK, &ConsentPage { customer, client, here, items, user_code })
}

/// The page for a user code. The status is 200 at first, 422 after a code that no device shows.
pub(super) fn code(customer: &SimulatedCustomer, here: &str, status: StatusCode) -> HttpResponse {
    html(status, &EnterCodePage { customer, here, wrong: status != StatusCode::OK })
}

pub(super) fn device_done(app: &str, allowed: bool) -> HttpResponse {
    html(StatusCode::OK, &DeviceDonePage { app, allowed })
}

/// Amazon's error page, where it may not redirect.
pub(super) fn error_page<'a>(cause: &str, details: impl Iterator<Item = (&'a str, &'a str)>) -> HttpResponse {
    html(StatusCode::BAD_REQUEST, &ErrorPage { cause, details: details.collect() })
}

pub(super) fn apps(customer: &SimulatedCustomer, here: &str, apps: Vec<AllowedApp>) -> HttpResponse {
    html(StatusCode::OK, &AllowedAppsPage { customer, here, apps })
}

pub(super) fn html(status: StatusCode, page: &impl Template) -> HttpResponse {
    let Ok(text) = page.render() else { return HttpResponse::InternalServerError().finish() };
    HttpResponse::build(status)
        .content_type(ContentType::html())
        .insert_header((CACHE_CONTROL, "no-store"))
        .insert_header((REFERRER_POLICY, "no-referrer"))
        // There is no `form-action`, because browsers apply it to the redirect that ends a consent.
        .insert_header((
            CONTENT_SECURITY_POLICY,
            "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'",
        ))
        .body(text)
}

/// The path and query of this page, as an address to return to.
pub(super) fn here(req: &HttpRequest) -> String {
    req.uri().path_and_query().map_or_else(|| "/".to_owned(), ToString::to_string)
}

/// Returns `back` if it is a path on this host, otherwise `/simulator`.
pub(super) fn safe_back(back: &str) -> &str {
    let ours = back.starts_with('/') && !back.starts_with("//") && !back.contains(['\\', '\r', '\n', '\t']);
    if ours { back } else { "/simulator" }
}

fn items(customer: &SimulatedCustomer, wanted: Vec<(String, bool)>) -> Vec<ScopeItem> {
    let or_none = |value: &Option<String>| value.clone().unwrap_or_else(|| "none".into());
    let item = |(scope, voluntary): (String, bool)| {
        let values = match scope.as_str() {
            scopes::PROFILE => {
                vec![("Name", or_none(&customer.name)), ("Email address", or_none(&customer.email))]
            }
            scopes::USER_ID => vec![("Your id", "an opaque id, without your name".into())],
            scopes::POSTAL_CODE => vec![("Postal code", or_none(&customer.postal_code))],
            scopes::PRIME => vec![("Prime Gaming", "the rewards you claimed for this game".into())],
            _ => vec![],
        };
        ScopeItem { scope, voluntary, values }
    };
    wanted.into_iter().map(item).collect()
}

#[derive(Template)]
#[template(path = "simulator/sign_in.html")]
struct SignInPage<'a> {
    app: &'a str,
    back: &'a str,
    customers: Vec<SimulatedCustomer>,
    hidden: usize,
}

#[derive(Template)]
#[template(path = "simulator/consent.html")]
struct ConsentPage<'a> {
    customer: &'a SimulatedCustomer,
    client: &'a RegisteredClient,
    here: &'a str,
    items: Vec<ScopeItem>,
    /// Empty unless a device waits for this consent.
    user_code: &'a str,
}

struct ScopeItem {
    scope: String,
    voluntary: bool,
    values: Vec<(&'static str, String)>,
}

#[derive(Template)]
#[template(path = "simulator/code.html")]
struct EnterCodePage<'a> {
    customer: &'a SimulatedCustomer,
    here: &'a str,
    wrong: bool,
}

#[derive(Template)]
#[template(path = "simulator/device_done.html")]
struct DeviceDonePage<'a> {
    app: &'a str,
    allowed: bool,
}

#[derive(Template)]
#[template(path = "simulator/sorry.html")]
struct ErrorPage<'a> {
    cause: &'a str,
    details: Vec<(&'a str, &'a str)>,
}

#[derive(Template)]
#[template(path = "simulator/apps.html")]
struct AllowedAppsPage<'a> {
    customer: &'a SimulatedCustomer,
    here: &'a str,
    apps: Vec<AllowedApp>,
}

/// A row of the list at `/ap/adam`.
pub(super) struct AllowedApp {
    pub(super) id: String,
    pub(super) name: String,
    pub(super) scopes: String,
}

#[cfg(test)]
mod tests {
    use super::safe_back;

    #[test]
    fn nobody_is_sent_to_another_host() {
        assert_eq!(safe_back("/ap/oa?client_id=1"), "/ap/oa?client_id=1");
        for foreign in ["//evil.example", "https://evil.example", "/\\evil.example", "", "ap/oa"] {
            assert_eq!(safe_back(foreign), "/simulator", "{foreign}");
        }
    }
}
