//! Somebody in front of a real browser, and the words for what they do there.

use std::time::Duration;

use chrono::TimeDelta;
use dovetail::testing::lwa::simulator::WEB_CLIENT_ID;
use fantoccini::Locator;
use fantoccini::elements::Element;
use tokio::time::{sleep, timeout};

use crate::harness::chromium::{Chromium, Window};
use crate::harness::{Browser, Portal};

/// Longer than any page takes on a busy machine.
const PATIENCE: Duration = Duration::from_mins(1);

pub struct Visitor<'a> {
    pub portal: &'a Portal,
    pub browser: Chromium,
}

impl<'a> Visitor<'a> {
    pub async fn open(portal: &'a Portal, window: Window) -> Self {
        Self { portal, browser: Chromium::open(window).await }
    }

    /// Goes to an address of the portal, or to a whole one.
    pub async fn visit(&self, address: &str) {
        let url = url::Url::parse(self.portal.url()).unwrap().join(address).unwrap();
        self.time_passes();
        self.browser.goto(url.as_str()).await.unwrap();
    }

    /// Presses the button of this name and waits for the page it leads to.
    pub async fn press(&self, name: &str) {
        self.leave_by(&format!("//button[normalize-space()='{name}'][not(@type='button')]")).await;
    }

    /// Follows the link of this name.
    pub async fn click(&self, name: &str) {
        self.leave_by(&format!("//a[normalize-space()='{name}']")).await;
    }

    /// Types into a field, over what stands there.
    pub async fn fill(&self, field: &str, value: &str) {
        let input = self.browser.find(Locator::Id(field)).await;
        let input = input.unwrap_or_else(|error| panic!("no field {field}: {error}"));
        input.clear().await.unwrap();
        input.send_keys(value).await.unwrap();
    }

    /// At Amazon: says who they are if asked, and allows the portal if asked.
    pub async fn allow_as(&self, customer: &str) {
        self.decide_as(customer, "Allow").await;
    }

    /// At Amazon: says who they are if asked, and declines.
    pub async fn cancel_as(&self, customer: &str) {
        self.decide_as(customer, "Cancel").await;
    }

    async fn decide_as(&self, customer: &str, decision: &str) {
        let choice = format!("//button[@name='customer'][b[normalize-space()='{customer}']]");
        if self.sees(Locator::XPath(&choice)).await {
            self.leave_by(&choice).await;
        }
        if self.sees(Locator::Css("button[name=decision]")).await {
            self.press(decision).await;
        }
    }

    /// Amazon knows this browser as `customer`, who has allowed the portal before: a trip needs no click there.
    pub async fn at_amazon(&self, customer: &str) {
        self.portal.amazon.simulator.allow(customer, WEB_CLIENT_ID, "profile");
        self.leave_amazon().await;
        self.visit(&format!("{}/ap/adam", self.portal.amazon.url())).await;
        self.leave_by(&format!("//button[@name='customer'][@value='{customer}']")).await;
    }

    /// Signs out at Amazon: the next trip asks who the customer is.
    pub async fn leave_amazon(&self) {
        self.visit(&format!("{}/simulator/sign-out?back=/simulator", self.portal.amazon.url())).await;
    }

    /// Takes over the seat of another browser: who was signed in there is signed in here.
    pub async fn sits_down_as(&self, other: &Browser) {
        self.visit("/privacy").await;
        self.browser.delete_all_cookies().await.unwrap();
        for name in other.cookies() {
            self.browser.plant(self.portal.url(), &name, &other.cookie(&name).unwrap()).await;
        }
    }

    /// Goes back as with the browser's own button.
    pub async fn goes_back(&self) {
        let page = self.root().await;
        self.browser.back().await.unwrap();
        self.is_gone(&page, "back").await;
    }

    /// The path and query of the page, with which all stories but those at Amazon are told.
    pub async fn path(&self) -> String {
        let url = self.browser.current_url().await.unwrap();
        url.as_str().strip_prefix(self.portal.url()).unwrap_or(url.as_str()).to_owned()
    }

    /// The code on the first notice.
    pub async fn code(&self) -> Option<String> {
        self.attribute("[data-code]", "data-code").await
    }

    pub async fn link_state(&self) -> Option<String> {
        self.attribute("[data-link-state]", "data-link-state").await
    }

    /// What can be read on the page.
    pub async fn text(&self) -> String {
        self.browser.find(Locator::Css("body")).await.unwrap().text().await.unwrap()
    }

    /// Asserts where they are and what the page says happened there.
    pub async fn is_at(&self, path: &str, code: Option<&str>) {
        let here = (self.path().await, self.code().await);
        let without_query = here.0.split('?').next().unwrap_or_default();
        assert_eq!((without_query, here.1.as_deref()), (path, code), "{}", self.text().await);
    }

    pub async fn is_linked(&self, state: &str) {
        assert_eq!(self.link_state().await.as_deref(), Some(state), "{}", self.text().await);
    }

    /// Reads the newest mail to this address at `/dev/outbox`.
    pub async fn reads_mail_to(&self, address: &str) -> String {
        self.visit("/dev/outbox").await;
        let mail = format!("article[data-mail-to='{address}'] pre");
        self.browser.find(Locator::Css(&mail)).await.expect("a mail").text().await.unwrap()
    }

    /// What the console complained of on the portal's pages since the last call. That a page itself was answered with
    /// 4xx or 5xx is no complaint, stories go there on purpose; nor is Chromium's advice, or what signing out reports.
    pub async fn complaints(&self) -> Vec<String> {
        let here = self.browser.current_url().await.unwrap();
        let answered = format!("{here} - Failed to load resource: the server responded with a status of");
        let is_news =
            |line: &str| line.contains(" - [DOM] Password forms") || line.contains("Clear-Site-Data header");
        let lines = self.browser.console().await.into_iter();
        let ours = lines.filter(|line| !line.starts_with(&self.portal.amazon.url()));
        ours.filter(|line| !line.starts_with(&answered) && !is_news(line)).collect()
    }

    async fn attribute(&self, css: &str, name: &str) -> Option<String> {
        let mut found = self.browser.find_all(Locator::Css(css)).await.unwrap();
        if found.is_empty() { None } else { found.remove(0).attr(name).await.unwrap() }
    }

    async fn sees(&self, what: Locator<'_>) -> bool {
        !self.browser.find_all(what).await.unwrap().is_empty()
    }

    async fn leave_by(&self, xpath: &str) {
        self.time_passes();
        let page = self.root().await;
        let way = self.browser.find(Locator::XPath(xpath)).await;
        let Ok(way) = way else { panic!("no {xpath} on {}: {}", self.path().await, self.text().await) };
        way.click().await.unwrap();
        self.is_gone(&page, xpath).await;
    }

    async fn root(&self) -> Element {
        self.browser.find(Locator::Css("html")).await.unwrap()
    }

    /// Waits for the next document: an element of the one before is stale then.
    async fn is_gone(&self, page: &Element, way: &str) {
        let gone = async {
            while page.tag_name().await.is_ok() {
                sleep(Duration::from_millis(20)).await;
            }
        };
        timeout(PATIENCE, gone).await.unwrap_or_else(|_| panic!("{way} leads nowhere"));
    }

    /// So that rows have an order.
    fn time_passes(&self) {
        self.portal.clock.advance(TimeDelta::milliseconds(1));
    }
}

/// The six digits that stand alone on a line of a mail.
pub fn code_in(mail: &str) -> String {
    let is_code = |line: &&str| line.len() == 6 && line.bytes().all(|byte| byte.is_ascii_digit());
    mail.lines().map(str::trim).find(is_code).expect("a code in the mail").to_owned()
}
