//! A trip goes through several of Amazon's own hosts. Chromium holds each redirect after a form against `form-action`.

use super::visitor::Visitor;
use crate::harness::amazon_hosts::{AUTHORIZE_URL, AmazonHosts, GO_ON, LAST_HOST};
use crate::harness::chromium::{Chromium, Scripts, Window};
use crate::harness::{Person, Portal};

/// A portal that sends browsers to Amazon's real address.
async fn portal() -> (Portal, AmazonHosts) {
    let portal = Portal::with(|settings| {
        settings.set("DOVETAIL_AMAZON_AUTHORIZE_URL", AUTHORIZE_URL);
    })
    .await;
    let hosts = AmazonHosts::open(&portal.amazon.url());
    (portal, hosts)
}

impl<'a> Visitor<'a> {
    async fn among(hosts: &AmazonHosts, portal: &'a Portal, scripts: Scripts) -> Self {
        let window = Window { scripts, ..Window::default() };
        Self { portal, browser: Chromium::open_with(window, &hosts.arguments()).await }
    }

    /// Presses a button that begins a trip, and arrives at the page behind all of Amazon's redirects.
    async fn departs_by(&self, button: &str) {
        self.press(button).await;
        let here = self.browser.current_url().await.unwrap();
        assert_eq!(here.host_str(), Some(LAST_HOST), "{button}: {here}");
    }

    /// The same, and lets Amazon send the browser back.
    async fn travels_by(&self, button: &str) {
        self.departs_by(button).await;
        self.click(GO_ON).await;
    }

    /// In the seat of somebody who is signed in and must prove it again.
    async fn sits_down_stale_as(&self, person: &Person) {
        self.sits_down_as(&self.portal.stale_browser_of(person)).await;
    }

    async fn confirms_with_password(&self, person: &Person) {
        self.is_at("/account/confirm-identity", None).await;
        self.fill("password", person.password()).await;
        self.departs_by("Confirm").await;
        self.click(GO_ON).await;
    }
}

const BOTH: [Scripts; 2] = [Scripts::On, Scripts::Off];

#[tokio::test]
async fn a_newcomer_signs_in_from_every_page_that_offers_it() {
    let (portal, hosts) = portal().await;
    for (scripts, customer) in BOTH.into_iter().zip(["Mork Hashimoto", "Pat Example"]) {
        let visitor = Visitor::among(&hosts, &portal, scripts).await;
        for page in ["/sign-in", "/register"] {
            visitor.visit(page).await;
            visitor.departs_by("Login with Amazon").await;
        }
        visitor.visit("/").await;
        visitor.travels_by("Login with Amazon").await;
        visitor.allow_as(customer).await;
        visitor.is_at("/amazon/register", None).await;
    }
}

#[tokio::test]
async fn a_player_links_and_replaces() {
    for scripts in BOTH {
        let (portal, hosts) = portal().await;
        let bo = portal.bo().await;
        let visitor = Visitor::among(&hosts, &portal, scripts).await;
        visitor.at_amazon("mork").await;
        visitor.sits_down_as(&portal.browser_of(&bo)).await;
        visitor.visit("/link/amazon").await;
        visitor.departs_by("Link Amazon account").await;
        visitor.visit("/account").await;
        visitor.travels_by("Link Amazon account").await;
        visitor.is_at("/amazon/confirm", None).await;
        visitor.press("Use a different Amazon account").await;
        visitor.is_at("/amazon/replace", None).await;
        visitor.travels_by("Link a different account").await;
        visitor.press("Link this account").await;
        visitor.is_linked("active").await;
        visitor.at_amazon("pat").await;
        visitor.visit("/amazon/replace").await;
        visitor.travels_by("Link a different account").await;
        visitor.press("Link this account").await;
        visitor.is_linked("active").await;
        assert_eq!(portal.identity_linked_to(&bo), Some(portal.amazon.identity_of("pat")));
    }
}

#[tokio::test]
async fn a_link_that_waited_for_the_password_goes_on() {
    for scripts in BOTH {
        let (portal, hosts) = portal().await;
        let bo = portal.bo().await;
        let visitor = Visitor::among(&hosts, &portal, scripts).await;
        visitor.at_amazon("mork").await;
        visitor.sits_down_stale_as(&bo).await;
        visitor.visit("/account").await;
        visitor.press("Link Amazon account").await;
        visitor.confirms_with_password(&bo).await;
        visitor.is_at("/amazon/confirm", None).await;
    }
}

#[tokio::test]
async fn a_player_confirms_with_amazon() {
    for scripts in BOTH {
        let (portal, hosts) = portal().await;
        let ann = portal.ann().await;
        let visitor = Visitor::among(&hosts, &portal, scripts).await;
        visitor.at_amazon("pat").await;
        visitor.sits_down_stale_as(&ann).await;
        visitor.visit("/amazon/unlink").await;
        visitor.is_at("/account/confirm-identity", None).await;
        visitor.travels_by("Confirm with Amazon").await;
        visitor.is_at("/amazon/unlink", None).await;
    }
}

/// The page about a trip that failed begins the next one.
#[tokio::test]
async fn a_player_tries_again() {
    for scripts in BOTH {
        let (portal, hosts) = portal().await;
        portal.ann().await;
        let bo = portal.bo().await;
        let visitor = Visitor::among(&hosts, &portal, scripts).await;
        visitor.at_amazon("pat").await;
        visitor.sits_down_as(&portal.browser_of(&bo)).await;
        visitor.visit("/account").await;
        visitor.travels_by("Link Amazon account").await;
        visitor.is_at("/amazon/outcome", Some("identity_taken")).await;
        visitor.departs_by("Login with Amazon").await;
    }
}
