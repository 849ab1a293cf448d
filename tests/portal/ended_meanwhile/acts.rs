//! The acts that end something, each through a copy of the program, and what each of them ends.

use super::super::harness::{Browser, Page, Person, Portal};
use super::needs::{Need, Needs};

/// What a verb may rest on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ground {
    /// The session that asks.
    Session,
    /// The player's Amazon link, or a session that it opened.
    Link,
    /// The player's device, or a session that it opened.
    Device,
    /// A proof that somebody has given without a session: a password, or a mailed code or link.
    Proof,
    /// The player may sign in at all.
    Player,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    PasswordReset,
    PasswordSet,
    PasswordChanged,
    PasswordRemoved,
    SignedOutEverywhere,
    EndedByStaff,
    DisabledByStaff,
    /// The player asks for the end of the account, which closes first where there is an address.
    Closed,
    Erased,
    Unlinked,
    Replaced,
    RevokedAtAmazon,
    DeviceRemoved,
    /// This one session is ended from another browser.
    SessionEnded,
    /// Another tab of the same browser signs out.
    SignedOut,
}

const EVERYBODY: &[Ground] = &[Ground::Session, Ground::Proof];

/// What each act ends (product §10): those that mean everybody, those that end what carries a link or a device, and
/// those that end one session.
pub const ENDS: &[(Act, &[Ground])] = &[
    (Act::PasswordReset, EVERYBODY),
    (Act::PasswordSet, EVERYBODY),
    (Act::PasswordChanged, EVERYBODY),
    (Act::PasswordRemoved, EVERYBODY),
    (Act::SignedOutEverywhere, EVERYBODY),
    (Act::EndedByStaff, EVERYBODY),
    (Act::DisabledByStaff, &[Ground::Session, Ground::Proof, Ground::Player]),
    (Act::Closed, &[Ground::Session, Ground::Link, Ground::Device, Ground::Proof, Ground::Player]),
    (Act::Erased, &[Ground::Session, Ground::Link, Ground::Device, Ground::Proof, Ground::Player]),
    (Act::Unlinked, &[Ground::Link]),
    (Act::Replaced, &[Ground::Link]),
    (Act::RevokedAtAmazon, &[Ground::Link]),
    (Act::DeviceRemoved, &[Ground::Device]),
    (Act::SessionEnded, &[Ground::Session]),
    (Act::SignedOut, &[Ground::Session]),
];

const NEW: &str = "nine brown kettles on ice";

impl Act {
    /// What the player must have for the act to be possible.
    pub fn needs(self) -> Needs {
        use Need::{Any, No, Yes};
        let (password, link, device) = match self {
            Self::PasswordReset | Self::PasswordChanged => (Yes, Any, Any),
            Self::PasswordSet => (No, Any, Any),
            Self::PasswordRemoved | Self::Unlinked | Self::RevokedAtAmazon => (Yes, Yes, Any),
            Self::Replaced => (Any, Yes, Any),
            Self::DeviceRemoved => (Any, Any, Yes),
            _ => (Any, Any, Any),
        };
        Needs { password, link, device }
    }

    /// The act, in the copy of the program. `browser` is the one in which the verb is under way, if it is in one.
    pub async fn happens(self, copy: &Portal, person: &Person, browser: Option<&Browser>) {
        match self {
            Self::PasswordReset => {
                let form = copy.browser().visit("/forgot-password").await;
                form.fill("identifier", person.email()).press_only("Send link").await;
                let form = copy.browser().visit(&copy.mail_to(person.email()).link()).await;
                is_done(&form.fill("new_password", NEW).press("Save password").await, "password_reset");
            }
            Self::PasswordSet => {
                let form = copy.browser_of(person).visit("/account/password").await;
                let form = form.fill("user_name", "somebody_7").fill("new_password", NEW);
                is_done(&form.press("Save password").await, "password_saved");
            }
            Self::PasswordChanged => {
                let form = copy.browser_of(person).visit("/account/password").await;
                let form = form.fill("current_password", person.password()).fill("new_password", NEW);
                is_done(&form.press("Save password").await, "password_saved");
            }
            Self::PasswordRemoved => {
                let page = copy.browser_of(person).visit("/account/password/remove").await;
                is_done(&page.press("Remove password").await, "password_removed");
            }
            Self::SignedOutEverywhere => {
                // The button is there only with another session.
                copy.browser_of(person);
                let page = copy.browser_of(person).visit("/account/security").await;
                is_done(&page.press("Sign out everywhere").await, "signed_out_everywhere");
            }
            Self::EndedByStaff => {
                at_the_desk(copy, person, "End sessions", "support_ended_sessions").await;
            }
            Self::DisabledByStaff => {
                at_the_desk(copy, person, "Disable account", "support_disabled").await;
            }
            Self::Closed => {
                let page = copy.browser_of(person).visit("/account/data/delete").await;
                let gone = page.fill("confirm", "DELETE").press("Delete my account").await;
                assert_eq!(gone.url.path(), "/goodbye", "{}", gone.text());
            }
            Self::Erased => {
                copy.says(&["player", "erase", &person.id, "--yes"]);
            }
            Self::Unlinked => {
                let page = copy.browser_of(person).visit("/amazon/unlink").await;
                is_done(&page.press("Unlink Amazon account").await, "unlinked");
            }
            Self::Replaced => {
                let browser = copy.browser_of(person);
                copy.at_amazon(&browser, "hanako").await;
                let page = browser.visit("/amazon/replace").await;
                let confirm = page.press("Link a different account").await;
                is_done(&confirm.press("Link this account").await, "linked");
            }
            Self::RevokedAtAmazon => {
                copy.has_real_tokens(person, "pat");
                copy.amazon.revokes("pat");
                copy.link_is_due(person);
                assert_eq!(copy.pass().await.revoked, 1);
            }
            Self::DeviceRemoved => {
                let page = copy.browser_of(person).visit("/account/devices").await;
                is_done(&page.press("Disable").await, "device_off");
            }
            Self::SessionEnded => {
                let page = copy.browser_of(person).visit("/account/security").await;
                is_done(&page.press("End session").await, "session_ended");
            }
            Self::SignedOut => {
                let tab = browser.expect("a browser to sign out in").second_tab();
                let page = tab.visit(&format!("{}/account", copy.url())).await;
                is_done(&page.press("Sign out").await, "signed_out");
            }
        }
    }
}

fn is_done(page: &Page, code: &str) {
    assert_eq!(page.code().as_deref(), Some(code), "{} {}: {}", page.status, page.url, page.text());
}

async fn at_the_desk(copy: &Portal, person: &Person, button: &str, code: &str) {
    // Staff can end sessions only where there is one.
    copy.browser_of(person);
    let lee = copy.agent("lee", "lead").await;
    let page: Page = copy.desk_of(&lee).visit(&format!("/support/players/{}", person.id)).await;
    is_done(&page.fill("reason", "ticket 4711").press(button).await, code);
}
