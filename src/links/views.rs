//! The templates of this feature, with exactly the values that each page prints.

use askama::Template;
use chrono::{DateTime, Utc};

use crate::links::model::{Cause, ExchangedIdentity};
use crate::links::{LinkState, StateCause};
use crate::platform::email::{EmailAddress, LocalPart};
use crate::web::OfferAddress;
use crate::web::current_player::{CurrentLink, CurrentPlayer};
use crate::web::page::{Page, ShownTime};

/// The player and the linked Amazon account, ready to print.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the panel is shown")]
pub(super) struct LinkPanel {
    /// `none`, or a word of [`LinkState`].
    pub state: &'static str,
    pub renewable: bool,
    /// The link was just made, and the panel plays its animation.
    pub fresh: bool,
    pub player_name: String,
    pub player_email: String,
    pub player_since: ShownTime,
    pub amazon_name: String,
    pub amazon_email: String,
    /// Empty where the portal has none.
    pub amazon_postal_code: String,
    pub linked_on: Option<ShownTime>,
    pub checked_at: Option<ShownTime>,
    /// How the last link ended, if not by its player: code, title and body of a notice.
    pub ended: Option<(&'static str, String, String)>,
    /// Whether support ended it, and can be asked why.
    pub ended_by_support: bool,
    /// A game made the link, and nobody has confirmed it.
    pub unconfirmed: bool,
    /// Why the player has to link again, and since when; empty if not needed.
    pub why: String,
}

impl LinkPanel {
    /// The panel of the current player. Without a link it says how the last one ended.
    pub fn of(page: &Page, current_player: &CurrentPlayer, last_end: Option<(Cause, DateTime<Utc>)>) -> Self {
        let player = &current_player.player;
        let mut panel = Self {
            state: "none",
            renewable: true,
            unconfirmed: false,
            fresh: page.notice.as_ref().is_some_and(|notice| notice.code == "linked"),
            player_name: player.display_name.clone(),
            player_email: player.email.as_deref().map(masked).unwrap_or_default(),
            player_since: page.when(player.created_at),
            amazon_name: String::new(),
            amazon_email: String::new(),
            amazon_postal_code: String::new(),
            linked_on: None,
            checked_at: None,
            ended: None,
            ended_by_support: false,
            why: String::new(),
        };
        match (&current_player.link, last_end) {
            (Some(link), _) => panel.show_link(page, link),
            (None, Some((cause, at))) => {
                panel.ended = ended(page, cause, at);
                panel.ended_by_support = cause == Cause::UnlinkedBySupport;
            }
            (None, None) => {}
        }
        panel
    }

    fn show_link(&mut self, page: &Page, link: &CurrentLink) {
        self.state = link.state.as_str();
        self.renewable = link.is_renewable;
        self.unconfirmed = !link.is_confirmed;
        self.amazon_name = link.amazon_name.clone().unwrap_or_else(|| page.t("amazon-nameless"));
        self.amazon_email = link.amazon_email.as_deref().map(masked).unwrap_or_default();
        self.amazon_postal_code = link.amazon_postal_code.clone().unwrap_or_default();
        self.linked_on = Some(page.when(link.linked_at));
        self.checked_at = Some(page.moment(link.checked_at));
        if link.state == LinkState::Revoked {
            self.ended = ended(page, Cause::RevokedByAmazon, link.state_since);
        }
        self.why = why(page, link);
    }

    /// The panel of the confirm page: the player, and the returned identity.
    pub fn offered(page: &Page, current_player: &CurrentPlayer, identity: &ExchangedIdentity) -> Self {
        let mut panel = Self::of(page, &CurrentPlayer { link: None, ..current_player.clone() }, None);
        panel.amazon_name = identity.name.clone().unwrap_or_else(|| page.t("amazon-nameless"));
        panel.amazon_email = identity.email.as_deref().map(masked).unwrap_or_default();
        panel.amazon_postal_code = identity.postal_code.clone().unwrap_or_default();
        panel
    }
}

/// The notice about an end that the player did not cause.
fn ended(page: &Page, cause: Cause, at: DateTime<Utc>) -> Option<(&'static str, String, String)> {
    let stem = match cause {
        Cause::RevokedByAmazon => "ended",
        Cause::UnlinkedBySupport => "ended-by-support",
        Cause::UnlinkedByPlayer | Cause::Replaced | Cause::Erased => return None,
    };
    let body = page.t_of(&format!("{stem}-body"), &[("day", page.when(at).text.as_str())]);
    Some((cause.as_str(), page.t(&format!("{stem}-title")), body))
}

/// The reason why a link needs its player.
fn why(page: &Page, link: &CurrentLink) -> String {
    let message = match (link.state, link.state_cause) {
        (LinkState::NeedsReconnect, Some(StateCause::ScopeMissing)) => "why-scope-missing",
        (LinkState::NeedsReconnect, Some(StateCause::TokenEnded)) => "why-token-ended",
        (LinkState::NeedsReconnect, None) => "why-tokens-gone",
        (LinkState::NeedsReconnect, Some(_)) => "why-key-lost",
        (LinkState::Active | LinkState::Revoked, _) => return String::new(),
    };
    page.t_of(message, &[("day", page.when(link.state_since).text.as_str())])
}

/// A masked address: enough to recognise it, too little to learn it.
pub(super) fn masked(email: &str) -> String {
    EmailAddress::parse(email, LocalPart::Unicode).map(|email| email.masked()).unwrap_or_default()
}

/// `/account`, the home page of a signed-in player.
#[derive(Template)]
#[template(path = "amazon_link/account.html")]
pub(super) struct AccountPage {
    pub page: Page,
    pub link: LinkPanel,
    /// What Amazon tells about a customer, in words.
    pub received: String,
    pub attempt_open: bool,
    /// Whether a new address waits for its code.
    pub email_waits: bool,
    /// The masked address at Amazon that the player is asked about; empty if there is none.
    pub email_offered: String,
}

/// `/link/amazon`, the target of links in offers.
#[derive(Template)]
#[template(path = "amazon_link/start.html")]
pub(super) struct StartPage {
    pub page: Page,
    pub link: LinkPanel,
    /// What Amazon tells about a customer, in words.
    pub received: String,
    pub next: String,
    /// The page of offers that the visitor came from.
    pub offer: Option<OfferAddress>,
}

/// `/amazon/confirm`, the confirmation before a link is written.
#[derive(Template)]
#[template(path = "amazon_link/confirm.html")]
pub(super) struct ConfirmPage {
    pub page: Page,
    pub link: LinkPanel,
    pub attempt: String,
    /// The Amazon name of the link to be replaced, if there is one.
    pub replaces: String,
}

/// `/amazon/replace`, what to do at Amazon first.
#[derive(Template)]
#[template(path = "amazon_link/replace.html")]
pub(super) struct ReplacePage {
    pub page: Page,
    pub amazon_name: String,
    pub amazon_sign_out_url: String,
    pub next: String,
}

/// `/amazon/unlink`, the effects of unlinking.
#[derive(Template)]
#[template(path = "amazon_link/unlink.html")]
pub(super) struct UnlinkPage {
    pub page: Page,
    pub amazon_name: String,
    pub player_name: String,
    pub last_method: bool,
}

/// `/amazon/match`, the local password for a matching email.
#[derive(Template)]
#[template(path = "amazon_link/match.html")]
pub(super) struct MatchPage {
    pub page: Page,
    pub attempt: String,
    pub email_masked: String,
    /// The same address for the browser's password manager. Amazon named it, and the person came from there.
    pub email: String,
}

/// `/amazon/game-link`, who is there at the first sign-in by a link that a game made.
#[expect(clippy::struct_excessive_bools, reason = "each says whether one part of the page is shown")]
#[derive(Template)]
#[template(path = "amazon_link/game_link.html")]
pub(super) struct GameLinkPage {
    pub page: Page,
    pub attempt: String,
    pub amazon_name: String,
    pub player_name: String,
    /// Empty for a game server.
    pub game: String,
    /// Empty if the game named no system.
    pub device: String,
    /// Empty if unknown.
    pub network: String,
    pub linked_at: ShownTime,
    /// Whether the password is asked for.
    pub has_password: bool,
    /// Whether the player may sign in with a passkey first, and confirm the link then.
    pub has_passkey: bool,
    /// The masked address to which a code is mailed; empty if there is none.
    pub email_masked: String,
    /// Whether a code has been mailed for this page.
    pub is_code_sent: bool,
    /// Whether the player has another way in, which is asked for.
    pub needs_proof: bool,
    pub reference: String,
}

impl GameLinkPage {
    /// Whether the page asks for this now.
    pub fn has_field(&self, field: &str) -> bool {
        match field {
            "password" => self.has_password,
            "code" => self.needs_proof && self.is_code_sent,
            _ => false,
        }
    }
}

/// `/amazon/register`, the missing fields of a new player.
#[derive(Template)]
#[template(path = "amazon_link/register.html")]
pub(super) struct RegisterPage {
    pub page: Page,
    pub attempt: String,
    pub display_name: String,
    pub email: String,
}

/// `/amazon/outcome`, why a sign-in with Amazon did not succeed.
#[derive(Template)]
#[template(path = "amazon_link/outcome.html")]
pub(super) struct OutcomePage {
    pub page: Page,
    pub code: String,
    pub heading: String,
    pub body: String,
    /// The next step: a POST action and its button, or an address and its link.
    pub action: Option<(&'static str, String)>,
    pub link: Option<(String, String)>,
    pub next: String,
    /// Empty where it is of no use.
    pub reference: String,
}

/// `/amazon/undo`: the way back of the owner of an Amazon account.
#[derive(Template)]
#[template(path = "amazon_link/undo.html")]
pub(super) struct LinkUndoPage {
    pub page: Page,
    pub is_valid: bool,
    /// What somebody else who is signed in here should know; else empty.
    pub whose: String,
}
