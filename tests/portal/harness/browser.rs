//! A browser without JavaScript: it keeps cookies, and sends the headers by which a server tells a page of its own
//! from a stranger's.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use chrono::TimeDelta;
use dovetail::platform::clock::Clock;
use reqwest::Method;
use reqwest::header::{COOKIE, HeaderMap, HeaderName, HeaderValue};
use reqwest::redirect::Policy;
use url::Url;

use super::jar::Jar;
use super::page::Page;
use super::response_invariants;

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
    /// What a neighbour has put beside the portal's cookies.
    beside: Option<&'static [u8]>,
}

/// Cookies that a host of the same domain can set, and that a browser then sends along.
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

/// Every answer that a browser got, in order.
pub type Diary = Arc<Mutex<Vec<Page>>>;

/// Whose idea a request was, as `Sec-Fetch-Site` says it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Site {
    /// Typed, or a bookmark.
    Nobodys,
    Own,
    Foreign,
}

impl Browser {
    /// A new browser, in front of the portal at `portal`.
    pub fn new(portal: &str, clock: &Clock) -> Self {
        let here = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
        let http = reqwest::Client::builder()
            .redirect(Policy::none())
            .no_proxy()
            // A connection that the portal closes while it idles would fail a form that is sent at that very moment.
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

    /// The same browser, with a neighbour's cookies beside the portal's.
    pub fn beside(mut self, neighbour: &'static [u8]) -> Self {
        self.beside = Some(neighbour);
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
        self.send(Method::GET, self.address(address), None, Site::Nobodys).await
    }

    /// The answer to one request by any method, without a body.
    pub async fn ask(&self, method: &str, address: &str) -> Page {
        let method = Method::from_bytes(method.as_bytes()).unwrap();
        self.send(method, self.address(address), None, Site::Nobodys).await
    }

    /// The answer to one POST, as from a page of the portal.
    pub async fn post(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::Own).await
    }

    /// The same as from a page of somebody else.
    pub async fn post_from_elsewhere(&self, address: &str, fields: &[(&str, &str)]) -> Page {
        let fields = fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        self.send(Method::POST, self.address(address), Some(fields), Site::Foreign).await
    }

    /// A cookie of the portal.
    pub fn cookie(&self, name: &str) -> Option<String> {
        self.jar().get(&self.portal, name)
    }

    /// Names of the portal's cookies.
    pub fn cookies(&self) -> Vec<String> {
        self.jar().names(&self.portal)
    }

    /// Puts a cookie for the portal into the browser.
    pub fn plant(&self, name: &str, value: &str) {
        self.jar().put(&self.portal, name, value, false);
    }

    /// Loses a cookie of the portal.
    pub fn forget(&self, name: &str) {
        self.jar().forget(&self.portal, name);
    }

    /// Signs out at Amazon: the next trip asks who the customer is.
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
            response_invariants::check(&url, &headers);
        }
        self.jar().take_from(&url, &headers);
        let html = answer.text().await.unwrap();
        let page = Page::new(status, url, headers, html, self.clone(), site);
        if let Some(diary) = &self.diary {
            diary.lock().unwrap_or_else(PoisonError::into_inner).push(page.clone());
        }
        if self.is_portal(&page.url) {
            let document = page.document();
            response_invariants::check_page(&document);
            if method != Method::HEAD {
                response_invariants::check_ways_to_amazon(&page.url, &page.headers, &document);
            }
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
