//! What a browser can have under way, signed in or not, and what goes on in the background.

use dovetail::testing::lwa::simulator::SimulatedCall;
use serde_json::json;

use super::super::harness::{Browser, Page, Person, Portal};
use super::acts::Ground;
use super::going::{Begun, Held, Step, request};
use super::needs::{Need, Needs};
use super::verbs_of_games::PASSWORD;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BrowserVerb {
    /// The browser comes back from Amazon to link.
    ReturnToLink,
    ConfirmLink,
    ReturnToReplace,
    ConfirmReplace,
    /// The browser comes back from Amazon with the proof of identity.
    ReturnWithProof,
    ConfirmIdentity,
    /// The action that waited is carried out after the proof.
    RememberedAction,
    ChangePassword,
    FirstPassword,
    RemovePassword,
    AskForEmail,
    ConfirmEmail,
    Unlink,
    SignOutEverywhere,
    EndSession,
    SaveProfile,
    RemoveDevice,
    MoveDevice,
    Erase,
    /// A device's player becomes an account.
    FinishClaim,
    SignIn,
    /// A right password past the limits asks for a mailed code.
    AskForCode,
    EnterCode,
    /// The browser comes back from Amazon to sign in.
    ReturnToSignIn,
    /// The password of the account with the identity's address.
    Match,
    SetNewPassword,
    /// The worker renews the player's link.
    Refresh,
    /// A game server asks for a token of the link.
    Token,
    /// The player lets a TV sign in.
    AllowSignInCode,
    /// The player has let a TV sign in, and the TV asks how its code fares.
    TakeUpSignInCode,
}

const SIGN_IN_BY_CODE: &str = "SignInByCodeRequest";

/// Who is in the browser.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Who {
    SignedIn,
    /// Signed in by Amazon, because the player has no password.
    SignedInWithAmazon,
    Visitor,
    Nobody,
}

impl BrowserVerb {
    pub const ALL: [Self; 30] = [
        Self::ReturnToLink,
        Self::ConfirmLink,
        Self::ReturnToReplace,
        Self::ConfirmReplace,
        Self::ReturnWithProof,
        Self::ConfirmIdentity,
        Self::RememberedAction,
        Self::ChangePassword,
        Self::FirstPassword,
        Self::RemovePassword,
        Self::AskForEmail,
        Self::ConfirmEmail,
        Self::Unlink,
        Self::SignOutEverywhere,
        Self::EndSession,
        Self::SaveProfile,
        Self::RemoveDevice,
        Self::MoveDevice,
        Self::Erase,
        Self::FinishClaim,
        Self::SignIn,
        Self::AskForCode,
        Self::EnterCode,
        Self::ReturnToSignIn,
        Self::Match,
        Self::SetNewPassword,
        Self::Refresh,
        Self::Token,
        Self::AllowSignInCode,
        Self::TakeUpSignInCode,
    ];

    pub fn held(self) -> Held {
        match self {
            Self::ReturnToLink | Self::ReturnToReplace | Self::ReturnWithProof | Self::ReturnToSignIn => {
                Held::AtAmazon(SimulatedCall::Exchange)
            }
            Self::Refresh | Self::Token => Held::AtAmazon(SimulatedCall::Refresh),
            // The current password is checked before.
            Self::ChangePassword => Held::InHashQueue(1),
            Self::ConfirmIdentity
            | Self::RememberedAction
            | Self::FirstPassword
            | Self::FinishClaim
            | Self::SignIn
            | Self::AskForCode
            | Self::Match
            | Self::SetNewPassword => Held::InHashQueue(0),
            Self::EnterCode | Self::TakeUpSignInCode => Held::ByPerson,
            _ => Held::BeforeWrite,
        }
    }

    pub fn rests_on(self) -> &'static [Ground] {
        match self {
            Self::ReturnWithProof => &[Ground::Session, Ground::Link],
            Self::FinishClaim => &[Ground::Proof, Ground::Device],
            Self::ReturnToSignIn | Self::Token => &[Ground::Link, Ground::Player],
            Self::Refresh => &[Ground::Link],
            _ => match self.who() {
                Who::SignedIn => &[Ground::Session],
                Who::SignedInWithAmazon => &[Ground::Session, Ground::Link],
                Who::Visitor | Who::Nobody => &[Ground::Proof],
            },
        }
    }

    pub fn needs(self) -> Needs {
        use Need::{Any, No, Yes};
        let (password, link, device) = match self {
            Self::ReturnToLink | Self::ConfirmLink | Self::RememberedAction | Self::Match => (Yes, No, Any),
            Self::ReturnToReplace
            | Self::ConfirmReplace
            | Self::ReturnWithProof
            | Self::RemovePassword
            | Self::Unlink => (Yes, Yes, Any),
            Self::FirstPassword => (No, Yes, Any),
            Self::FinishClaim => (No, No, Yes),
            Self::RemoveDevice => (Yes, Any, Yes),
            Self::ReturnToSignIn | Self::Refresh | Self::Token => (Any, Yes, Any),
            _ => (Yes, Any, Any),
        };
        Needs { password, link, device }
    }

    pub fn is_of_device(self) -> bool {
        self == Self::FinishClaim
    }

    /// Whether the limits of sign-in have to be on, and small.
    pub fn is_past_limits(self) -> bool {
        matches!(self, Self::AskForCode | Self::EnterCode)
    }

    fn who(self) -> Who {
        match self {
            Self::FirstPassword => Who::SignedInWithAmazon,
            Self::FinishClaim
            | Self::SignIn
            | Self::AskForCode
            | Self::EnterCode
            | Self::ReturnToSignIn
            | Self::Match
            | Self::SetNewPassword => Who::Visitor,
            Self::Refresh | Self::Token => Who::Nobody,
            _ => Who::SignedIn,
        }
    }

    pub async fn begin(self, portal: &Portal, person: &Person) -> Begun {
        match self.who() {
            Who::SignedIn | Who::SignedInWithAmazon => self.begin_signed_in(portal, person).await,
            Who::Visitor => self.begin_as_visitor(portal, person).await,
            Who::Nobody => {
                portal.has_real_tokens(person, "pat");
                if self == Self::Refresh {
                    portal.link_is_due(person);
                    return Begun::in_background(Step::Refresh);
                }
                portal.token_ends(person);
                Begun::in_background(Step::Token(person.clone()))
            }
        }
    }

    async fn begin_signed_in(self, portal: &Portal, person: &Person) -> Begun {
        let is_stale = matches!(self, Self::ReturnWithProof | Self::ConfirmIdentity | Self::RememberedAction);
        let browser = if is_stale { portal.stale_browser_of(person) } else { portal.browser_of(person) };
        let (page, button) = match self {
            Self::ReturnToLink | Self::ReturnToReplace | Self::ReturnWithProof => {
                let address = self.way_back(portal, &browser).await;
                return Begun::in_browser(&browser, Step::Open(browser.clone(), address));
            }
            Self::ConfirmLink | Self::ConfirmReplace => {
                let address = self.way_back(portal, &browser).await;
                (browser.visit(&address).await, "Link this account")
            }
            Self::ConfirmIdentity => {
                let page = browser.visit("/account/email").await;
                (page.fill("password", person.password()), "Confirm")
            }
            Self::RememberedAction => {
                let asked = browser.visit("/account").await.press("Link Amazon account").await;
                (asked.fill("password", person.password()), "Confirm")
            }
            Self::ChangePassword => {
                let page = browser.visit("/account/password").await;
                let page = page.fill("current_password", person.password());
                (page.fill("new_password", PASSWORD), "Save password")
            }
            Self::FirstPassword => {
                let page = browser.visit("/account/password").await;
                (page.fill("user_name", "zoe_7").fill("new_password", PASSWORD), "Save password")
            }
            Self::RemovePassword => (browser.visit("/account/password/remove").await, "Remove password"),
            Self::AskForEmail => {
                (browser.visit("/account/email").await.fill("email", "new@example.test"), "Send code")
            }
            Self::ConfirmEmail => {
                let page = browser.visit("/account/email").await.fill("email", "new@example.test");
                let page = page.press("Send code").await;
                (page.fill("code", &portal.mail_to("new@example.test").code()), "Confirm email")
            }
            Self::Unlink => (browser.visit("/amazon/unlink").await, "Unlink Amazon account"),
            Self::SignOutEverywhere => {
                portal.game_token_of(person);
                (browser.visit("/account/security").await, "Sign out everywhere")
            }
            Self::EndSession => {
                portal.game_token_of(person);
                (browser.visit("/account/security").await, "End session")
            }
            Self::SaveProfile => {
                let page = browser.visit("/account/profile").await;
                (page.fill("display_name", "Somebody Else"), "Save")
            }
            Self::RemoveDevice => (browser.visit("/account/devices").await, "Disable"),
            Self::MoveDevice => (claim_in(portal, &browser).await, "Play as"),
            Self::AllowSignInCode | Self::TakeUpSignInCode => {
                let begun = request(portal, SIGN_IN_BY_CODE, json!({})).await;
                let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
                let look = browser.visit("/activate").await.fill("code", code).press("Continue").await;
                let button = "Play as Bo on this device";
                if self == Self::AllowSignInCode {
                    (look, button)
                } else {
                    let done = look.press(button).await;
                    assert_eq!(done.code().as_deref(), Some("tv_signed_in"), "{}", done.text());
                    let asked = json!({ "linkingId": begun["linkingId"] });
                    return Begun::in_browser(&browser, Step::Request(SIGN_IN_BY_CODE, asked));
                }
            }
            _ => {
                let page = browser.visit("/account/data/delete").await;
                (page.fill("confirm", "DELETE"), "Delete my account")
            }
        };
        Begun::in_browser(&browser, Step::Press(Box::new(page), button.to_owned()))
    }

    /// Goes to Amazon, and returns the address by which the browser would come back.
    async fn way_back(self, portal: &Portal, browser: &Browser) -> String {
        let (customer, path, button) = match self {
            Self::ReturnToLink | Self::ConfirmLink => ("mork", "/account", "Link Amazon account"),
            Self::ReturnWithProof => ("pat", "/account/email", "Confirm with Amazon"),
            _ => ("mork", "/amazon/replace", "Link a different account"),
        };
        portal.at_amazon(browser, customer).await;
        browser.visit(path).await.press_to_callback(button).await
    }

    async fn begin_as_visitor(self, portal: &Portal, person: &Person) -> Begun {
        let browser = portal.browser();
        let (page, button) = match self {
            Self::ReturnToSignIn => {
                portal.at_amazon(&browser, "pat").await;
                let address = browser.visit("/").await.press_to_callback("Login with Amazon").await;
                return Begun::in_browser(&browser, Step::Open(browser.clone(), address));
            }
            Self::FinishClaim => {
                let page = claim_in(portal, &browser).await;
                let page = page.fill("display_name", "Zoe").fill("user_name", "zoe_7");
                (page.fill("password", PASSWORD), "Create account")
            }
            Self::Match => {
                portal.amazon.admits("twin", "Twin at Amazon", person.email());
                portal.at_amazon(&browser, "twin").await;
                let page = browser.visit("/").await.press("Login with Amazon").await;
                assert_eq!(page.url.path(), "/amazon/match", "{}", page.text());
                (page.fill("password", person.password()), "Link and sign in")
            }
            Self::SetNewPassword => {
                let form = portal.browser().visit("/forgot-password").await;
                form.fill("identifier", person.email()).press_only("Send link").await;
                let page = browser.visit(&portal.mail_to(person.email()).link()).await;
                (page.fill("new_password", PASSWORD), "Save password")
            }
            _ => {
                if self.is_past_limits() {
                    use_up_limits(portal).await;
                }
                let page = browser.visit("/sign-in").await.fill("identifier", person.email());
                let page = page.fill("password", person.password());
                if self == Self::EnterCode {
                    let page = page.press("Sign in").await;
                    assert_eq!(page.path(), "/sign-in/code", "{}", page.text());
                    (page.fill("code", &portal.mail_to(person.email()).code()), "Continue")
                } else {
                    (page, "Sign in")
                }
            }
        };
        Begun::in_browser(&browser, Step::Press(Box::new(page), button.to_owned()))
    }
}

/// A device's player asks for a claim, whose code is typed in this browser.
async fn claim_in(portal: &Portal, browser: &Browser) -> Page {
    let mut game = portal.game().await;
    let device = json!({ "deviceId": super::verbs_of_games::DEVICE, "deviceOS": "tvOS" });
    game.ask("DeviceAuthenticationRequest", device).await;
    let begun = game.ask("ClaimAccountByCodeRequest", json!({})).await;
    let code = begun["userCode"].as_str().unwrap_or_else(|| panic!("{begun}"));
    let page = browser.visit("/activate").await.fill("code", code).press("Continue").await;
    assert_eq!(page.path(), "/activate/claim", "{}", page.text());
    page
}

/// Guesses until a right password alone is not enough.
async fn use_up_limits(portal: &Portal) {
    let browser = portal.browser();
    for number in 0..10 {
        let form =
            browser.visit("/sign-in").await.fill("identifier", &format!("nobody{number}@example.test"));
        form.fill("password", "a wrong password").press_only("Sign in").await;
    }
}
