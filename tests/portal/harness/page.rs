//! One page as a person uses it.
//!
//! Fields go by their names, buttons and links by their accessible names. Redirects are followed to their end.

use reqwest::Method;
use reqwest::header::{HeaderMap, LOCATION};
use scraper::Html;
use url::Url;

use super::browser::{Browser, Fields, Site};
use super::{html, response_invariants};

/// One response, the redirects before it, and its browser.
#[derive(Clone)]
pub struct Page {
    pub status: u16,
    pub url: Url,
    pub headers: HeaderMap,
    pub html: String,
    /// Every `Location` before this page, in order.
    pub trail: Vec<String>,
    browser: Browser,
    site: Site,
    typed: Fields,
}

impl Page {
    pub(super) fn new(
        status: u16,
        url: Url,
        headers: HeaderMap,
        html: String,
        browser: Browser,
        site: Site,
    ) -> Self {
        Self { status, url, headers, html, trail: Vec::new(), browser, site, typed: Vec::new() }
    }

    /// Types into a field of the form whose button is pressed next.
    #[must_use]
    pub fn fill(&self, field: &str, value: &str) -> Self {
        let mut page = self.clone();
        page.typed.retain(|(known, _)| known != field);
        page.typed.push((field.to_owned(), value.to_owned()));
        page
    }

    #[must_use]
    pub fn tick(&self, field: &str) -> Self {
        let document = self.document();
        let boxed = html::first(&document, &format!("input[type=checkbox][name={field}]"));
        let value = boxed.expect("a box to tick").attr("value").unwrap_or("on").to_owned();
        self.fill(field, &value)
    }

    /// Presses a button and follows redirects.
    pub async fn press(&self, button: &str) -> Page {
        self.press_only(button).await.follow().await
    }

    /// Presses a button and returns the first response, redirect or not.
    pub async fn press_only(&self, button: &str) -> Page {
        let (method, url, fields) = self.form_behind(button);
        if method == Method::GET {
            let mut url = url;
            url.query_pairs_mut().clear().extend_pairs(fields);
            return self.browser.send(method, url, None, Site::Own).await;
        }
        let answer = self.browser.send(method, url, Some(fields), Site::Own).await;
        if let (true, Some(location)) = (self.is_portals(), answer.location()) {
            let policy = self.header("content-security-policy").unwrap();
            response_invariants::check_departure(&policy, &self.url, &answer.url.join(&location).unwrap());
        }
        answer
    }

    /// The request of a button: method, URL and fields.
    pub fn form_behind(&self, button: &str) -> (Method, Url, Fields) {
        let document = self.document();
        let pressed = html::button(&document, button);
        let pressed = pressed.unwrap_or_else(|| {
            panic!("no button {button:?} on {} {}: {}", self.status, self.url, self.text())
        });
        let form = html::form_of(pressed);
        let mut fields = html::fields(form);
        for (field, value) in &self.typed {
            assert!(html::has_field(form, field), "the form of {button:?} has no field {field:?}");
            match fields.iter_mut().find(|(known, _)| known == field) {
                Some((_, old)) => old.clone_from(value),
                None => fields.push((field.clone(), value.clone())),
            }
        }
        if let Some(name) = pressed.attr("name") {
            fields.push((name.to_owned(), pressed.attr("value").unwrap_or_default().to_owned()));
        }
        let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let action = self.url.join(form.attr("action").unwrap_or_default()).unwrap();
        (if is_post { Method::POST } else { Method::GET }, action, fields)
    }

    /// Clicks a link and follows redirects.
    pub async fn click(&self, link: &str) -> Page {
        let target = {
            let document = self.document();
            self.url.join(html::link(&document, link).attr("href").unwrap()).unwrap()
        };
        let site = self.site_of(&target);
        self.browser.send(Method::GET, target, None, site).await.follow().await
    }

    /// Follows redirects to their end.
    pub async fn follow(self) -> Page {
        let mut page = self;
        for _ in 0..12 {
            let Some(location) = page.location().filter(|_| matches!(page.status, 302 | 303 | 307 | 308))
            else {
                return page;
            };
            let target = page.url.join(&location).unwrap();
            // A chain of redirects that has crossed sites stays cross-site.
            let site = if page.site == Site::Foreign { Site::Foreign } else { page.site_of(&target) };
            let site = if page.site == Site::Nobodys && site == Site::Own { Site::Nobodys } else { site };
            let mut trail = std::mem::take(&mut page.trail);
            trail.push(location);
            page = page.browser.send(Method::GET, target, None, site).await;
            page.trail = trail;
        }
        panic!("redirected in circles: {:?}", page.trail);
    }

    /// Loads the same address again.
    pub async fn reload(&self) -> Page {
        self.browser.send(Method::GET, self.url.clone(), None, self.site).await.follow().await
    }

    /// Opens another address in the same browser.
    pub async fn visit(&self, address: &str) -> Page {
        self.browser.visit(address).await
    }

    /// On a page of Amazon: signs in as this customer where Amazon asks, and allows the request.
    pub async fn allow_as(&self, customer: &str) -> Page {
        self.decide_as(customer, "Allow").await
    }

    /// Signs in as this customer and cancels the request.
    pub async fn cancel_as(&self, customer: &str) -> Page {
        self.decide_as(customer, "Cancel").await
    }

    /// A customer who is signed in and has allowed the portal before is redirected without a page of Amazon.
    async fn decide_as(&self, customer: &str, decision: &str) -> Page {
        if self.is_portals() {
            let came_back = self.trail.iter().any(|step| step.contains("/amazon/callback?"));
            assert!(came_back, "not at Amazon but at {}: {}", self.url, self.text());
            return self.clone();
        }
        let page = if self.h1() == "Choose a customer" { self.press(customer).await } else { self.clone() };
        if page.buttons().iter().any(|button| button == decision) { page.press(decision).await } else { page }
    }

    /// Whether this is a page of the portal.
    pub fn is_portals(&self) -> bool {
        self.browser.is_portal(&self.url)
    }

    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Path and query.
    pub fn path(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }

    pub fn location(&self) -> Option<String> {
        self.header(LOCATION.as_str())
    }

    pub fn header(&self, name: &str) -> Option<String> {
        self.headers.get(name).map(|value| value.to_str().unwrap().to_owned())
    }

    /// The cookie that says that the page of a refused form is held.
    pub fn held(&self) -> Option<String> {
        let mut sent = self.headers.get_all("set-cookie").iter().filter_map(|line| line.to_str().ok());
        let value = sent.find_map(|line| line.strip_prefix("held="))?;
        let value = value.split(';').next().unwrap_or_default();
        (!value.is_empty()).then(|| value.to_owned())
    }

    pub fn h1(&self) -> String {
        html::first(&self.document(), "h1").map(html::text).unwrap_or_default()
    }

    /// The code of the notice on the page.
    pub fn code(&self) -> Option<String> {
        self.attribute("[data-code]", "data-code")
    }

    /// The state that the Amazon panel shows.
    pub fn link_state(&self) -> Option<String> {
        self.attribute("[data-link-state]", "data-link-state")
    }

    /// All text of the body.
    pub fn text(&self) -> String {
        html::first(&self.document(), "body").map(html::text).unwrap_or_default()
    }

    /// The text of the first element that matches.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        html::first(&self.document(), selector).map(html::text)
    }

    /// The text of each element that matches.
    pub fn texts_of(&self, selector: &str) -> Vec<String> {
        html::all(&self.document(), selector).into_iter().map(html::text).collect()
    }

    /// An attribute of the first element that matches.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        html::first(&self.document(), selector)?.attr(name).map(str::to_owned)
    }

    /// The value of a field.
    pub fn value(&self, field: &str) -> Option<String> {
        self.attribute(&format!("[name={field}]"), "value")
    }

    /// The validation message at a field.
    pub fn error_of(&self, field: &str) -> Option<String> {
        self.text_of(&format!("#{field}-error"))
    }

    /// The names of all buttons that submit a form.
    pub fn buttons(&self) -> Vec<String> {
        html::names(&html::all(&self.document(), "button:not([type=button])"))
    }

    /// The names of all links.
    pub fn links(&self) -> Vec<String> {
        html::names(&html::all(&self.document(), "a[href]"))
    }

    /// The CSRF token of the page's forms.
    pub fn csrf(&self) -> String {
        self.value("csrf").unwrap_or_else(|| panic!("no form on {}: {}", self.url, self.text()))
    }

    pub(super) fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    fn site_of(&self, target: &Url) -> Site {
        if target.origin() == self.url.origin() { Site::Own } else { Site::Foreign }
    }
}
