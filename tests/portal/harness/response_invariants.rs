//! Checks of every response of the portal, in each story.

use reqwest::header::{HeaderMap, SET_COOKIE};
use scraper::Html;
use url::Url;

use super::html;

/// Checks headers and cookies (S27, S113 to S115).
pub fn check(url: &Url, headers: &HeaderMap) {
    let said = |name: &str| {
        let values: Vec<_> = headers.get_all(name).iter().map(|value| value.to_str().unwrap()).collect();
        assert_eq!(values.len(), 1, "{url}: {name} is sent once: {values:?}");
        values[0].to_owned()
    };
    let policy = said("content-security-policy");
    for directive in [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "form-action 'self'",
        "frame-ancestors 'none'",
        "base-uri 'none'",
        "object-src 'none'",
    ] {
        assert!(policy.contains(directive), "{url}: {policy}");
    }
    let but_amazons = policy.replace("https://*.amazon.", "");
    assert!(!policy.contains("unsafe") && !but_amazons.contains('*'), "{url}: {policy}");
    assert_eq!(said("x-content-type-options"), "nosniff", "{url}");
    assert_eq!(said("referrer-policy"), "same-origin", "{url}");
    assert_eq!(said("x-frame-options"), "DENY", "{url}");
    assert_eq!(said("cross-origin-opener-policy"), "same-origin", "{url}");
    assert_eq!(said("cross-origin-resource-policy"), "same-origin", "{url}");
    assert!(said("permissions-policy").contains("camera=()"), "{url}");
    let caching = said("cache-control");
    let may_be_kept = url.path().starts_with("/static/") && caching.contains("immutable");
    assert!(caching == "no-store" || may_be_kept, "{url}: {caching}");
    for name in ["server", "x-powered-by"] {
        assert!(!headers.contains_key(name), "{url}: {name}");
    }
    for cookie in headers.get_all(SET_COOKIE) {
        check_cookie(url, cookie.to_str().unwrap());
    }
}

fn check_cookie(url: &Url, cookie: &str) {
    assert!(cookie.len() < 4096, "{url}: {cookie}");
    let attributes: Vec<String> =
        cookie.split(';').skip(1).map(|attribute| attribute.trim().to_ascii_lowercase()).collect();
    for wanted in ["httponly", "path=/"] {
        assert!(attributes.iter().any(|attribute| attribute == wanted), "{url}: {cookie}");
    }
    let site = if cookie.starts_with("device=") { "samesite=strict" } else { "samesite=lax" };
    assert!(attributes.iter().any(|attribute| attribute == site), "{url}: {cookie}");
    assert!(!attributes.iter().any(|attribute| attribute.starts_with("domain")), "{url}: {cookie}");
}

/// Checks that a text is translated and filled in; a missing text shows its message id.
pub fn check_text(text: &str) {
    let is_name = text.contains('-') && text.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'-');
    assert!(!is_name && !text.contains("{$"), "a text from the catalogues: {text:?}");
}

/// Forms whose POST may redirect to Amazon.
///
/// They begin an attempt, or continue an action that waited for fresh proof.
const LEAD_TO_AMAZON: [&str; 5] = [
    "/amazon/sign-in",
    "/amazon/link",
    "/amazon/replace",
    "/amazon/confirm-identity",
    "/account/confirm-identity",
];

/// Checks that `form-action` names Amazon's hosts exactly on pages with a form that may redirect there.
///
/// The response to a HEAD has no forms, so callers leave it out.
pub fn check_ways_to_amazon(url: &Url, headers: &HeaderMap, page: &Html) {
    let policy = headers["content-security-policy"].to_str().unwrap();
    let forms = html::all(page, "form[method=post]");
    let leads = forms.iter().any(|form| LEAD_TO_AMAZON.contains(&form.attr("action").unwrap_or_default()));
    let names_hosts = policy.contains("https://*.amazon.com https://*.amazon.");
    assert_eq!(leads, names_hosts, "{url}: {policy}");
    assert_eq!(leads, !policy.contains("form-action 'self';"), "{url}: {policy}");
}

/// Checks that `form-action` allows the target, because a browser blocks other redirects of a form.
pub fn check_departure(policy: &str, from: &Url, to: &Url) {
    if from.origin() != to.origin() {
        let forms = policy.split("; ").find(|directive| directive.starts_with("form-action ")).unwrap();
        let origin = to.origin().ascii_serialization();
        assert!(forms.split(' ').any(|source| source == origin), "from {from} to {origin}: {policy}");
    }
}

/// Checks that a page loads nothing from other origins and has no inline script or style (S113, S117).
pub fn check_page(page: &Html) {
    for element in html::all(page, "title, h1, h2, p, a, button, label, dt, dd, li, span") {
        check_text(&html::text(element));
    }
    for (selector, attribute) in
        [("script", "src"), ("img", "src"), ("link[rel=stylesheet]", "href"), ("link[rel=icon]", "href")]
    {
        for element in html::all(page, selector) {
            let address = element.attr(attribute).unwrap_or_default();
            assert!(address.starts_with("/static/"), "{selector} from {address:?}");
        }
    }
    for inline in ["style", "[style]", "[onclick]", "[onsubmit]", "[onload]", "iframe", "object", "embed"] {
        assert!(html::first(page, inline).is_none(), "{inline} on a page");
    }
}

/// The form that may not name its account: who opens it has not shown yet that the account is theirs.
const NAMES_NOBODY: &str = "/amazon/game-link";

/// Checks that a password manager is told whose password a form asks for.
pub fn check_passwords(url: &Url, page: &Html) {
    for form in html::all(page, "form:has(input[type=password])") {
        let fields = html::all_in(form, "input[autocomplete]");
        let mut names = fields.iter().filter(|field| {
            let kinds = field.attr("autocomplete").unwrap_or_default();
            kinds.split(' ').any(|kind| matches!(kind, "username" | "email"))
        });
        let is_named = names.next().is_some();
        assert_eq!(is_named, form.attr("action") != Some(NAMES_NOBODY), "{url}: a form with a password");
    }
}

/// Checks the one manner in which a page says that a form was not accepted: one summary that takes the focus, a title
/// that begins with the error, and marked fields, each with its sentence and led to from the summary.
pub fn check_refusal(url: &Url, status: u16, page: &Html) {
    let summaries = html::all(page, ".summary");
    let stands_in = html::first(page, ".astray").is_some();
    assert!(summaries.len() <= 1, "{url}: several summaries");
    assert!(html::first(page, ".notice.bad").is_none(), "{url}: a second way to say what was refused");
    if matches!(status, 422 | 429) {
        assert!(stands_in || !summaries.is_empty(), "{url}: {status} without a summary");
    }
    let marked = html::all(page, "[aria-invalid=true]");
    let Some(summary) = summaries.first() else {
        assert!(marked.is_empty(), "{url}: a field is marked, and no summary says why");
        return;
    };
    let title = html::first(page, "title").map(html::text).unwrap_or_default();
    assert!(title.starts_with("Error: ") || title.starts_with("Fehler: "), "{url}: {title}");
    assert_eq!((summary.attr("role"), summary.attr("tabindex")), (Some("alert"), Some("-1")), "{url}");
    let focused = html::all(page, "[autofocus]");
    assert!(focused.len() == 1 && focused[0] == *summary, "{url}: the summary takes the focus");
    let ways: Vec<&str> =
        html::all_in(*summary, "a").iter().filter_map(|way| way.attr("href")?.strip_prefix('#')).collect();
    let ids: Vec<&str> = marked.iter().map(|field| field.attr("id").unwrap_or_default()).collect();
    for way in &ways {
        assert!(ids.contains(way), "{url}: the summary leads to {way:?}, which is not marked");
    }
    for field in &marked {
        let id = field.attr("id").unwrap_or_default();
        assert!(ways.contains(&id), "{url}: the summary does not lead to {id:?}");
        let sentence = format!("{id}-error");
        let described = field.attr("aria-describedby").unwrap_or_default();
        assert!(described.split(' ').any(|by| by == sentence), "{url}: {id} is not described");
        let said = html::first(page, &format!("[id=\"{sentence}\"]")).map(html::text).unwrap_or_default();
        assert!(!said.is_empty(), "{url}: no sentence at {id}");
        if field.attr("type") == Some("password") {
            assert_eq!(field.attr("value"), None, "{url}: a password is shown again");
        }
    }
}
