//! A browser without JavaScript: cookies, forms, redirects, and the headers by which a server tells a page of its
//! own from a stranger's.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use dovetail::platform::clock::Clock;
use reqwest::Method;
use reqwest::header::{HeaderMap, HeaderName, HeaderValue, LOCATION, SET_COOKIE};
use reqwest::redirect::Policy;
use scraper::Html;
use url::Url;

use super::{html, manners};

/// A form as it is sent.
pub type Fields = Vec<(String, String)>;

/// One window of a browser. Clones are tabs: they share cookies.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    jar: Arc<Mutex<Jar>>,
    portal: Url,
    clock: Clock,
    language: String,
    diary: Option<Diary>,
    /// Where a proxy says that it is.
    address: Option<String>,
}

/// Every answer that a browser got, in order.
pub type Diary = Arc<Mutex<Vec<Page>>>;

/// What a browser holds, by host: ports do not part cookies.
type Jar = BTreeMap<String, BTreeMap<String, Cookie>>;

#[derive(Clone)]
struct Cookie {
    value: String,
    is_strict: bool,
}

/// Whose idea a request was.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Site {
    /// Typed, or a bookmark.
    None,
    SameOrigin,
    CrossSite,
}

/// One answer, redirects included, and the window it stands in.
#[derive(Clone)]
pub struct Page {
    pub status: u16,
    pub url: Url,
    pub headers: HeaderMap,
    pub html: String,
    /// Every `Location` that led here, in order.
    pub trail: Vec<String>,
    browser: Browser,
    site: Site,
    typed: Fields,
    emptied: Vec<String>,
}

impl Browser {
    /// A new browser, in front of the portal at `portal`.
    pub fn new(portal: &str, clock: &Clock) -> Self {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            .resolve("localhost", here)
            .user_agent("Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0")
            .build()
            .unwrap();
        let portal = Url::parse(portal).unwrap();
        Self {
            http,
            jar: Arc::default(),
            portal,
            clock: clock.clone(),
            language: "en".into(),
            diary: None,
            address: None,
        }
    }

    /// The same browser, asking for pages in another language.
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// The same browser, writing every answer down.
    pub fn with_diary(mut self, diary: &Diary) -> Self {
        self.diary = Some(Arc::clone(diary));
        self
    }

    /// The same browser at another address, behind a proxy that the portal must trust.
    pub fn at(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// Another tab: the same cookies.
    pub fn second_tab(&self) -> Self {
        self.clone()
    }

    /// Types an address, of the portal or a whole one, and goes wherever it leads.
    pub async fn visit(&self, address: &str) -> Page {
        self.get(address).await.follow().await
    }

    /// The answer to one GET, redirect or not.
    pub async fn get(&self, address: &str) -> Page {
        self.send(Method::GET, self.address(address), None, Site::None).await
    }

    /// The answer to one request by any method, without a body.
    pub async fn ask(&self, method: &str, address: &str) -> Page {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.send(method, self.address(address), None, Site::None).await
    }

    /// The answer to one POST, as from a page of the portal.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::SameOrigin).await
    }

    /// The same as from a page of somebody else.
    pub async fn post_from_elsewhere(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::CrossSite).await
    }

    /// A cookie of the portal.
    pub fn cookie(&self, name: &str) -> Option<String> {
        let jar = self.jar();
        jar.get(self.portal.host_str()?)?.get(name).map(|cookie| cookie.value.clone())
    }

    /// Names of the portal's cookies.
    pub fn cookies(&self) -> Vec<String> {
        let jar = self.jar();
        jar.get(self.portal.host_str().unwrap())
            .map(|held| held.keys().cloned().collect())
            .unwrap_or_default()
    }

    /// Puts a cookie for the portal into the browser.
    pub fn plant(&self, name: &str, value: &str) {
        let host = self.portal.host_str().unwrap().to_owned();
        let cookie = Cookie { value: value.to_owned(), is_strict: false };
        self.jar().entry(host).or_default().insert(name.to_owned(), cookie);
    }

    /// Loses a cookie of the portal.
    pub fn forget(&self, name: &str) {
        let host = self.portal.host_str().unwrap();
        self.jar().entry(host.to_owned()).or_default().remove(name);
    }

    /// Signs out at Amazon: the next trip asks who the customer is.
    pub fn leave_amazon(&self) {
        let host = self.portal.host_str().unwrap().to_owned();
        self.jar().retain(|holder, _| *holder == host);
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn address(&self, address: &str) -> Url {
        self.portal.join(address).unwrap()
    }

    fn is_portal(&self, url: &Url) -> bool {
        url.origin() == self.portal.origin()
    }

    async fn send(&self, method: Method, url: Url, form: Option<Fields>, site: Site) -> Page {
        // Time passes between two clicks, so that rows have an order.
        self.clock.advance(TimeDelta::milliseconds(1));
        let mut request =
            self.http.request(method.clone(), url.clone()).headers(self.said(&url, &method, site));
        if let Some(fields) = &form {
            request = request.form(fields);
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        let headers = answer.headers().clone();
        if self.is_portal(&url) {
            manners::check(&url, &headers);
        }
        self.keep_cookies(&url, &headers);
        let html = answer.text().await.unwrap();
        let page = Page {
            status,
            url,
            headers,
            html,
            trail: Vec::new(),
            browser: self.clone(),
            site,
            typed: Vec::new(),
            emptied: Vec::new(),
        };
        if let Some(diary) = &self.diary {
            diary.lock().unwrap_or_else(PoisonError::into_inner).push(page.clone());
        }
        if self.is_portal(&page.url) {
            manners::check_resources(&page.document());
        }
        // No story may meet a fault it did not ask for, and none can ask for this one.
        assert_ne!(page.status, 500, "{method} {}: {}", page.url, page.text());
        page
    }

    fn said(&self, url: &Url, method: &Method, site: Site) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let mut say = |name: &'static str, value: &str| {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(value).unwrap());
        };
        say("accept", "text/html,application/xhtml+xml;q=0.9,*/*;q=0.8");
        say("accept-language", &self.language);
        if let Some(address) = &self.address {
            say("x-forwarded-for", address);
        }
        say("sec-fetch-mode", "navigate");
        say("sec-fetch-dest", "document");
        match site {
            Site::None => say("sec-fetch-site", "none"),
            Site::SameOrigin => say("sec-fetch-site", "same-origin"),
            Site::CrossSite => say("sec-fetch-site", "cross-site"),
        }
        if *method == Method::POST {
            let own = url.origin().ascii_serialization();
            say("origin", if site == Site::SameOrigin { &own } else { "https://elsewhere.example" });
        }
        let cookies: Vec<String> = self
            .jar()
            .get(url.host_str().unwrap())
            .into_iter()
            .flatten()
            .filter(|(_, cookie)| !cookie.is_strict || site != Site::CrossSite)
            .map(|(name, cookie)| format!("{name}={}", cookie.value))
            .collect();
        if !cookies.is_empty() {
            say("cookie", &cookies.join("; "));
        }
        headers
    }

    fn keep_cookies(&self, url: &Url, headers: &HeaderMap) {
        let mut jar = self.jar();
        let held = jar.entry(url.host_str().unwrap().to_owned()).or_default();
        for line in headers.get_all(SET_COOKIE) {
            let mut parts = line.to_str().unwrap().split(';').map(str::trim);
            let (name, value) = parts.next().and_then(|pair| pair.split_once('=')).unwrap();
            let attributes: Vec<String> = parts.map(str::to_ascii_lowercase).collect();
            if attributes.iter().any(|attribute| attribute == "max-age=0") {
                held.remove(name);
                continue;
            }
            let is_strict = attributes.iter().any(|attribute| attribute == "samesite=strict");
            held.insert(name.to_owned(), Cookie { value: value.to_owned(), is_strict });
        }
    }
}

impl Page {
    /// Types into a field of the form whose button is pressed next.
    pub fn fill(mut self, field: &str, value: &str) -> Self {
        self.typed.retain(|(known, _)| known != field);
        self.typed.push((field.to_owned(), value.to_owned()));
        self
    }

    /// Ticks a box.
    pub fn tick(self, field: &str) -> Self {
        let document = self.document();
        let boxed = html::first(&document, &format!("input[type=checkbox][name={field}]"));
        let value = boxed.expect("a box to tick").attr("value").unwrap_or("on").to_owned();
        self.fill(field, &value)
    }

    /// Takes the tick out of a box, or a field out of the form.
    pub fn untick(mut self, field: &str) -> Self {
        self.emptied.push(field.to_owned());
        self
    }

    /// Presses a button and goes wherever it leads.
    pub async fn press(&self, button: &str) -> Page {
        self.press_only(button).await.follow().await
    }

    /// Presses a button and looks at the first answer, redirect or not.
    pub async fn press_only(&self, button: &str) -> Page {
        let (method, url, fields) = self.form_behind(button);
        if method == Method::GET {
            let mut url = url;
            url.query_pairs_mut().clear().extend_pairs(fields);
            return self.browser.send(method, url, None, Site::SameOrigin).await;
        }
        self.browser.send(method, url, Some(fields), Site::SameOrigin).await
    }

    /// What pressing a button would send, and where.
    pub fn form_behind(&self, button: &str) -> (Method, Url, Fields) {
        let document = self.document();
        let pressed = html::button(&document, button);
        let form = html::form_of(pressed);
        let mut fields = html::fields(form);
        for (field, value) in &self.typed {
            assert!(html::has_field(form, field), "the form of {button:?} has no field {field:?}");
            match fields.iter_mut().find(|(known, _)| known == field) {
                Some((_, old)) => old.clone_from(value),
                None => fields.push((field.clone(), value.clone())),
            }
        }
        fields.retain(|(field, _)| !self.emptied.contains(field));
        if let Some(name) = pressed.attr("name") {
            fields.push((name.to_owned(), pressed.attr("value").unwrap_or_default().to_owned()));
        }
        let is_post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let action = self.url.join(form.attr("action").unwrap_or_default()).unwrap();
        (if is_post { Method::POST } else { Method::GET }, action, fields)
    }

    /// Clicks a link and goes wherever it leads.
    pub async fn click(&self, link: &str) -> Page {
        let target = {
            let document = self.document();
            self.url.join(html::link(&document, link).attr("href").unwrap()).unwrap()
        };
        let site = self.site_of(&target);
        self.browser.send(Method::GET, target, None, site).await.follow().await
    }

    /// Goes where the answer sends the browser, until it stays.
    pub async fn follow(self) -> Page {
        let mut page = self;
        for _ in 0..12 {
            let Some(location) = page.location().filter(|_| matches!(page.status, 302 | 303 | 307 | 308))
            else {
                return page;
            };
            let target = page.url.join(&location).unwrap();
            // Once a trip has crossed sites, it stays a stranger's idea.
            let site = if page.site == Site::CrossSite { Site::CrossSite } else { page.site_of(&target) };
            let site = if page.site == Site::None && site == Site::SameOrigin { Site::None } else { site };
            let mut trail = std::mem::take(&mut page.trail);
            trail.push(location);
            page = page.browser.send(Method::GET, target, None, site).await;
            page.trail = trail;
        }
        panic!("redirected in circles: {:?}", page.trail);
    }

    /// Asks for the same address again.
    pub async fn reload(&self) -> Page {
        self.browser.send(Method::GET, self.url.clone(), None, self.site).await.follow().await
    }

    /// Types another address into the same window.
    pub async fn visit(&self, address: &str) -> Page {
        self.browser.visit(address).await
    }

    /// At a page of Amazon: says who one is, unless Amazon knows, and allows what is asked.
    pub async fn allow_as(&self, customer: &str) -> Page {
        self.decide_as(customer, "Allow").await
    }

    /// The same, and refuses.
    pub async fn cancel_as(&self, customer: &str) -> Page {
        self.decide_as(customer, "Cancel").await
    }

    /// Who is known at Amazon and has allowed it before comes straight back.
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

    /// The window it stands in.
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

    pub fn h1(&self) -> String {
        html::first(&self.document(), "h1").map(html::text).unwrap_or_default()
    }

    /// The code of the notice on the page.
    pub fn code(&self) -> Option<String> {
        self.attribute("[data-code]", "data-code")
    }

    /// All codes on the page.
    pub fn codes(&self) -> Vec<String> {
        let document = self.document();
        let found = html::all(&document, "[data-code]");
        found.iter().filter_map(|notice| notice.attr("data-code")).map(str::to_owned).collect()
    }

    /// The state that the Amazon panel shows.
    pub fn link_state(&self) -> Option<String> {
        self.attribute("[data-link-state]", "data-link-state")
    }

    /// Everything a person reads, without the head.
    pub fn text(&self) -> String {
        html::first(&self.document(), "body").map(html::text).unwrap_or_default()
    }

    /// The text of the first element that fits.
    pub fn text_of(&self, selector: &str) -> Option<String> {
        html::first(&self.document(), selector).map(html::text)
    }

    /// An attribute of the first element that fits.
    pub fn attribute(&self, selector: &str, name: &str) -> Option<String> {
        html::first(&self.document(), selector)?.attr(name).map(str::to_owned)
    }

    /// What stands in a field.
    pub fn value(&self, field: &str) -> Option<String> {
        self.attribute(&format!("[name={field}]"), "value")
    }

    /// The complaint under a field.
    pub fn error_of(&self, field: &str) -> Option<String> {
        self.text_of(&format!("#{field}-error"))
    }

    /// Names of all buttons that send something.
    pub fn buttons(&self) -> Vec<String> {
        html::names(&html::all(&self.document(), "button:not([type=button])"))
    }

    /// Names of all links.
    pub fn links(&self) -> Vec<String> {
        html::names(&html::all(&self.document(), "a[href]"))
    }

    /// The token of the page's forms.
    pub fn csrf(&self) -> String {
        self.value("csrf").unwrap_or_else(|| panic!("no form on {}: {}", self.url, self.text()))
    }

    fn document(&self) -> Html {
        Html::parse_document(&self.html)
    }

    fn site_of(&self, target: &Url) -> Site {
        if target.origin() == self.url.origin() { Site::SameOrigin } else { Site::CrossSite }
    }
}
