//! A browser without JavaScript.
//!
//! It keeps cookies, and sends the headers by which a server recognises cross-site requests.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use dovetail::testing::platform::clock::Clock;
use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::jar::Jar;
use super::page::Page;
use super::response_invariants;

/// The fields of a form, as they are sent.
pub type Fields = Vec<(String, String)>;

/// One browser; a clone is another tab, with the same cookies.
#[derive(Clone)]
pub struct Browser {
    http: reqwest::Client,
    jar: Arc<Mutex<Jar>>,
    portal: Url,
    clock: Clock,
    language: String,
    diary: Option<Diary>,
    /// The client address that a proxy reports.
    address: Option<String>,
    /// Cookies from another host of the same domain.
    beside: Option<&'static [u8]>,
    keeps_cookies: bool,
    /// Whether it fetches the page of a refused form at once, as browsers do.
    follows_refusals: bool,
}

/// Cookies that another host of the same domain can set, and that a browser sends along.
pub const NEIGHBOURS: [&[u8]; 10] = [
    b"x",
    b"=",
    b"=a",
    b"=a=b",
    b"x=%E4pfel",
    b"x=%ff",
    b"x=\xe4pfel",
    b"x=\"a; b\"",
    b"%73ession=a; %ff=a",
    b"x=1; x=2; SESSION=a",
];

/// Every response that a browser got, in order.
pub type Diary = Arc<Mutex<Vec<Page>>>;

/// The initiator of a request, as `Sec-Fetch-Site` reports it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// A typed address or a bookmark: `none`.
    Nobodys,
    Own,
    Foreign,
}

impl Browser {
    /// A new browser for the portal at the origin `portal`.
    pub fn new(portal: &str, clock: &Clock) -> Self {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            // The portal may close an idle connection just when a form is sent on it. So none is kept idle.
            .pool_max_idle_per_host(0)
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
            beside: None,
            keeps_cookies: true,
            follows_refusals: true,
        }
    }

    /// The same browser, with another language in `Accept-Language`.
    pub fn speaking(mut self, language: &str) -> Self {
        language.clone_into(&mut self.language);
        self
    }

    /// The same browser, which adds each response to the diary.
    pub fn with_diary(mut self, diary: &Diary) -> Self {
        self.diary = Some(Arc::clone(diary));
        self
    }

    /// The same browser at another address, behind a proxy that the portal must trust.
    pub fn at(mut self, address: &str) -> Self {
        self.address = Some(address.to_owned());
        self
    }

    /// The same browser, with these cookies beside the portal's.
    pub fn beside(mut self, neighbour: &'static [u8]) -> Self {
        self.beside = Some(neighbour);
        self
    }

    /// The same browser, which sends no cookie of the portal's and keeps none.
    pub fn without_cookies(mut self) -> Self {
        self.keeps_cookies = false;
        self
    }

    /// The same browser, which shows the redirect after a refused form instead of the page it leads to.
    pub fn stopping_at_refusals(mut self) -> Self {
        self.follows_refusals = false;
        self
    }

    /// Another tab with the same cookies.
    pub fn second_tab(&self) -> Self {
        self.clone()
    }

    /// Opens an address and follows its redirects; it may be a path of the portal.
    pub async fn visit(&self, address: &str) -> Page {
        self.get(address).await.follow().await
    }

    /// Sends one GET and returns the response, redirect or not.
    pub async fn get(&self, address: &str) -> Page {
        self.send(Method::GET, self.address(address), None, Site::Nobodys).await
    }

    /// Sends one request without a body, by any method.
    pub async fn ask(&self, method: &str, address: &str) -> Page {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.send(method, self.address(address), None, Site::Nobodys).await
    }

    /// Sends one POST as from a page of the portal.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::Own).await
    }

    /// Sends one POST as from a page of another site.
    pub async fn post_from_elsewhere(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::Foreign).await
    }

    /// The value of a cookie of the portal.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(&self.portal, name)
    }

    /// The names of the portal's cookies.
    pub fn cookies(&self) -> Vec<String> {
        self.jar().names(&self.portal)
    }

    /// Sets a cookie of the portal.
    pub fn plant(&self, name: &str, value: &str) {
        self.jar().put(&self.portal, name, value, false);
    }

    /// Deletes a cookie of the portal.
    pub fn forget(&self, name: &str) {
        self.jar().forget(&self.portal, name);
    }

    /// Deletes the cookies of Amazon, so that the next attempt asks who the customer is.
    pub fn leave_amazon(&self) {
        self.jar().keep_only(&self.portal);
    }

    fn jar(&self) -> MutexGuard<'_, Jar> {
        self.jar.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn address(&self, address: &str) -> Url {
        self.portal.join(address).unwrap()
    }

    pub(super) fn is_portal(&self, url: &Url) -> bool {
        url.origin() == self.portal.origin()
    }

    pub(super) async fn send(&self, method: Method, url: Url, form: Option<Fields>, site: Site) -> Page {
        // The clock advances between two requests, so that rows have an order.
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
            response_invariants::check(&url, &headers);
        }
        if self.keeps_cookies {
            self.jar().take_from(&url, &headers);
        }
        let html = answer.text().await.unwrap();
        let page = Page::new(status, url, headers, html, self.clone(), site);
        if let Some(diary) = &self.diary {
            diary.lock().unwrap_or_else(PoisonError::into_inner).push(page.clone());
        }
        if self.is_portal(&page.url) {
            let document = page.document();
            response_invariants::check_page(&document);
            response_invariants::check_passwords(&page.url, &document);
            response_invariants::check_refusal(&page.url, page.status, &document);
            if method != Method::HEAD {
                response_invariants::check_ways_to_amazon(&page.url, &page.headers, &document);
            }
        }
        // No story expects 500, because none can provoke it.
        assert_ne!(page.status, 500, "{method} {}: {}", page.url, page.text());
        if let Some(held) = page.held().filter(|_| self.follows_refusals && method == Method::POST) {
            return self.fetch_held(&page, &held, site).await;
        }
        page
    }

    /// Fetches the page of a refused form. Another tab may have got a cookie of the same name meanwhile.
    async fn fetch_held(&self, redirect: &Page, held: &str, site: Site) -> Page {
        let location = redirect.location().expect("a refused form leads to its page");
        self.jar().put(&self.portal, "held", held, false);
        let target = redirect.url.join(&location).unwrap();
        let mut page = Box::pin(self.send(Method::GET, target, None, site)).await;
        page.trail.push(location);
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
            Site::Nobodys => say("sec-fetch-site", "none"),
            Site::Own => say("sec-fetch-site", "same-origin"),
            Site::Foreign => say("sec-fetch-site", "cross-site"),
        }
        if *method == Method::POST {
            let own = url.origin().ascii_serialization();
            say("origin", if site == Site::Own { &own } else { "https://elsewhere.example" });
        }
        let own = self.jar().line_for(url, site == Site::Foreign);
        let beside = self.beside.filter(|_| self.is_portal(url));
        let cookies: Vec<&[u8]> = beside.into_iter().chain(own.as_deref().map(str::as_bytes)).collect();
        if !cookies.is_empty() {
            headers.insert(COOKIE, HeaderValue::from_bytes(&cookies.join(&b"; "[..])).unwrap());
        }
        headers
    }
}
