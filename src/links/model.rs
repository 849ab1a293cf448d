//! Attempts, the identities they return, and the decision that follows.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, NullableExpressionMethods, Queryable, Selectable};
use secrecy::SecretString;

use crate::audit::Actor;
use crate::links::{LinkState, StateCause};
use crate::platform::crypto::vault::SealContext;
use crate::platform::db::schema::{amazon_links, former_links, link_attempts};
use crate::platform::ids::{AttemptId, LinkId, PlayerId};
use crate::stored_enum;
use crate::text_enum;

stored_enum! {
    /// The purpose of an attempt. It is fixed when the attempt begins and never inferred later (S43).
    pub enum Purpose {
        SignIn = "sign_in",
        Link = "link",
        Replace = "replace",
        ConfirmIdentity = "confirm_identity",
    }

    /// The progress of an attempt. It only moves forward, by conditional writes.
    pub enum Stage {
        /// The browser was sent to Amazon.
        Begun = "begun",
        /// The browser returned, and the code is being exchanged. No other request may use the state any more.
        Claimed = "claimed",
        /// The identity is free, and the person sees both names.
        Confirming = "confirming",
        /// The identity's email belongs to a local account, and the page asks for its password.
        Matching = "matching",
        /// The identity is free and unknown, and a player is about to be created.
        Registering = "registering",
    }

    /// Why a link ended, for its history.
    pub enum Cause {
        UnlinkedByPlayer = "unlinked_by_player",
        UnlinkedBySupport = "unlinked_by_support",
        Replaced = "replaced",
        RevokedByAmazon = "revoked_by_amazon",
        Erased = "erased",
    }

    /// What made a link. It never changes while the link lives.
    pub enum MadeBy {
        /// A signed-in browser, whose person saw both names, or a registration there.
        Browser = "browser",
        /// A token that a game presented, and with which the player was created.
        NewPlayer = "new_player",
        /// A token that a game presented for a player who was there already.
        GameToken = "game_token",
        /// A code of Amazon's that a game showed.
        GameCode = "game_code",
    }

    /// The source of a link's tokens.
    pub enum TokensFrom {
        /// The portal exchanged an authorization code, or a device client's code pair.
        CodeGrant = "code_grant",
        /// A game or a phone app presented an access token; no refresh token comes with it.
        Presented = "handed_over",
    }
}

/// A link as the support pages show it: everything but its tokens.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub struct LinkDetails {
    pub id: LinkId,
    pub amazon_id: String,
    pub amazon_name: Option<String>,
    pub amazon_email: Option<String>,
    pub amazon_postal_code: Option<String>,
    /// The client that the tokens were issued to.
    pub client_id: String,
    /// Scope names, separated by blanks.
    pub scopes: String,
    pub state: LinkState,
    pub state_since: DateTime<Utc>,
    pub state_cause: Option<StateCause>,
    pub tokens_from: TokensFrom,
    pub made_by: MadeBy,
    /// Since when the link opens a browser and proves who its player is.
    pub confirmed_at: Option<DateTime<Utc>>,
    #[diesel(select_expression = amazon_links::access_token_sealed.is_not_null())]
    pub has_access_token: bool,
    #[diesel(column_name = access_token_expires_at)]
    pub access_expires_at: Option<DateTime<Utc>>,
    #[diesel(select_expression = amazon_links::refresh_token_sealed.is_not_null())]
    pub has_refresh_token: bool,
    /// Increases with every new token.
    pub token_version: i64,
    pub linked_at: DateTime<Utc>,
    pub checked_at: DateTime<Utc>,
    pub next_check_at: DateTime<Utc>,
    /// Amazon is not called on demand before this time.
    pub retry_at: Option<DateTime<Utc>>,
    /// Consecutive failed refreshes.
    pub failures: i64,
    /// The time since which the mass-revocation guard has kept the link from ending (S69).
    pub held_at: Option<DateTime<Utc>>,
}

/// A link that has ended. Its identity is stored as a keyed hash only, which is not shown.
#[derive(Clone, Debug, Queryable, Selectable)]
#[diesel(table_name = former_links)]
pub struct FormerLink {
    pub linked_at: DateTime<Utc>,
    pub ended_at: DateTime<Utc>,
    pub actor: Actor,
    pub cause: Cause,
}

/// An attempt as the database stores it.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = link_attempts)]
pub(super) struct Attempt {
    pub id: AttemptId,
    pub purpose: Purpose,
    #[diesel(column_name = player_id)]
    pub player: Option<PlayerId>,
    pub verifier_sealed: Option<Vec<u8>>,
    pub next: Option<String>,
    pub identity_sealed: Option<Vec<u8>>,
    /// The hash of a code that was mailed to confirm a link.
    pub code_hash: Option<String>,
}

/// A link whose profile is read with its own access token.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct DueProfile {
    #[diesel(column_name = id)]
    pub link: LinkId,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub amazon_id: String,
    pub token_version: i64,
    pub tokens_from: TokensFrom,
    #[diesel(select_expression = amazon_links::access_token_sealed.assume_not_null())]
    pub access_sealed: Vec<u8>,
}

/// The columns of a link that decisions need.
#[derive(Clone, Debug, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct HeldLink {
    pub id: LinkId,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    pub state: LinkState,
    pub made_by: MadeBy,
    /// An unconfirmed link, which a game made, opens no browser and proves nothing.
    #[diesel(select_expression = amazon_links::confirmed_at.is_not_null())]
    pub is_confirmed: bool,
}

/// The stored facts about the returned identity and the player of the attempt.
#[derive(Clone, Debug, Default)]
pub(super) struct LinkingFacts {
    /// The link with this identity, of any player.
    pub owner: Option<HeldLink>,
    /// Whether that link's player is disabled.
    pub owner_is_disabled: bool,
    /// Whether that player's account closes. Such a player is disabled as well.
    pub owner_is_closing: bool,
    /// The link of the player who began the attempt.
    pub own: Option<HeldLink>,
    /// Whether a local account has proven the identity's email.
    pub email_matches: bool,
}

impl LinkingFacts {
    /// Whether the identity is already linked to this player.
    pub fn is_own(&self) -> bool {
        self.owner.is_some() && self.owner == self.own
    }

    /// Whether the player has another identity than this one.
    ///
    /// A revoked link does not count for its own player, but still reserves its identity against others.
    pub fn has_other(&self) -> bool {
        self.own.as_ref().is_some_and(|own| own.state != LinkState::Revoked) && !self.is_own()
    }
}

/// The decision about a returned identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum LinkingDecision {
    /// Sign in as the identity's player.
    SignIn(HeldLink),
    /// A game made the link, and nobody has confirmed it: ask for the player's other way in.
    ConfirmGameLink(HeldLink),
    /// The identity's player is disabled.
    Disabled(PlayerId),
    /// The account of the identity's player closes: its page is shown, and nothing is stored.
    Closing(HeldLink),
    /// Ask for the password of the account with that email.
    Match,
    /// Create a player.
    Register,
    /// Show both names and ask for confirmation.
    Confirm,
    /// The player's own identity again: renew its tokens.
    Renew(HeldLink),
    /// The identity proves who the player is (S57).
    Proven(HeldLink),
    Refused(LinkRefusal),
}

text_enum! {
    /// Why an attempt ends without success. Its word is the code on the page and in the log.
    pub(super) enum LinkRefusal {
        AttemptUnknown = "attempt_unknown",
        Declined = "declined",
        ScopeMissing = "scope_missing",
        IdentityTaken = "identity_taken",
        PlayerHasAnother = "player_has_another",
        WrongIdentity = "wrong_identity",
        /// A game made the link, and nobody has confirmed it.
        LinkUnconfirmed = "link_unconfirmed",
        AccountDisabled = "account_disabled",
        AmazonUnavailable = "amazon_unavailable",
        AmazonMisconfigured = "amazon_misconfigured",
    }
}

/// The decision table for an identity that Amazon has proven.
pub(super) fn decide(purpose: Purpose, facts: &LinkingFacts) -> LinkingDecision {
    let LinkingFacts { owner, owner_is_disabled, owner_is_closing, email_matches, .. } = facts;
    let (is_own, has_other) = (facts.is_own(), facts.has_other());
    match (purpose, owner) {
        (Purpose::SignIn, Some(link)) if *owner_is_closing && link.is_confirmed => {
            LinkingDecision::Closing(link.clone())
        }
        (Purpose::SignIn, Some(link)) if *owner_is_disabled => LinkingDecision::Disabled(link.player.clone()),
        (Purpose::SignIn, Some(link)) if !link.is_confirmed => LinkingDecision::ConfirmGameLink(link.clone()),
        (Purpose::SignIn, Some(link)) => LinkingDecision::SignIn(link.clone()),
        (Purpose::SignIn, None) if *email_matches => LinkingDecision::Match,
        (Purpose::SignIn, None) => LinkingDecision::Register,
        (Purpose::ConfirmIdentity, Some(link)) if is_own && !link.is_confirmed => {
            LinkingDecision::Refused(LinkRefusal::LinkUnconfirmed)
        }
        (Purpose::ConfirmIdentity, Some(link)) if is_own => LinkingDecision::Proven(link.clone()),
        (Purpose::ConfirmIdentity, _) => LinkingDecision::Refused(LinkRefusal::WrongIdentity),
        (Purpose::Link | Purpose::Replace, Some(link)) if is_own => LinkingDecision::Renew(link.clone()),
        (Purpose::Link | Purpose::Replace, Some(_)) => LinkingDecision::Refused(LinkRefusal::IdentityTaken),
        (Purpose::Link, None) if has_other => LinkingDecision::Refused(LinkRefusal::PlayerHasAnother),
        (Purpose::Link | Purpose::Replace, None) => LinkingDecision::Confirm,
    }
}

/// An Amazon identity with its tokens, between Amazon's answer and the database.
pub(super) struct ExchangedIdentity {
    pub amazon_id: String,
    pub name: Option<String>,
    pub email: Option<String>,
    pub postal_code: Option<String>,
    /// The client that the tokens were issued to. Only this client can renew them.
    pub client_id: String,
    pub scopes: String,
    pub access: SecretString,
    pub refresh: Option<SecretString>,
    pub access_expires_at: DateTime<Utc>,
}

/// When the profile of a link is read again, at the earliest.
///
/// A renewal comes up to a tenth of a day early, and its access token is the one to read with.
pub(super) const PROFILE_EVERY: TimeDelta = TimeDelta::hours(21);

/// The seal context of a link's access token.
pub fn place_of_access_token(link: &LinkId, player: &PlayerId, amazon_id: &str) -> SealContext {
    place_of_token("access token", link, player, amazon_id)
}

/// The seal context of a link's refresh token.
pub fn place_of_refresh_token(link: &LinkId, player: &PlayerId, amazon_id: &str) -> SealContext {
    place_of_token("refresh token", link, player, amazon_id)
}

fn place_of_token(purpose: &'static str, link: &LinkId, player: &PlayerId, amazon_id: &str) -> SealContext {
    SealContext {
        purpose,
        table: "amazon_links",
        row: link.to_string(),
        player: player.to_string(),
        identity: amazon_id.to_owned(),
    }
}

/// The two secrets of an attempt.
pub(super) const VERIFIER: &str = "pkce verifier";
pub(super) const IDENTITY: &str = "pending identity";

/// The seal context of an attempt's secrets.
pub(super) fn place_in_attempt(purpose: &'static str, attempt: &AttemptId) -> SealContext {
    SealContext {
        purpose,
        table: "link_attempts",
        row: attempt.to_string(),
        player: String::new(),
        identity: String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn link_of(player: &str, state: LinkState) -> HeldLink {
        let id = LinkId::from(format!("link of {player}"));
        let player = PlayerId::from(player.to_owned());
        HeldLink { id, player, state, made_by: MadeBy::Browser, is_confirmed: true }
    }

    fn facts(owner: Option<HeldLink>, own: Option<HeldLink>) -> LinkingFacts {
        LinkingFacts { owner, own, ..LinkingFacts::default() }
    }

    #[test]
    fn signing_in_opens_the_identitys_player_and_nobody_elses() {
        let q = link_of("q", LinkState::Active);
        assert_eq!(
            decide(Purpose::SignIn, &facts(Some(q.clone()), None)),
            LinkingDecision::SignIn(q.clone())
        );
        let p = link_of("p", LinkState::Active);
        let someone_in = facts(Some(q.clone()), Some(p));
        assert_eq!(decide(Purpose::SignIn, &someone_in), LinkingDecision::SignIn(q.clone()));
        let disabled = LinkingFacts { owner_is_disabled: true, ..facts(Some(q), None) };
        assert_eq!(
            decide(Purpose::SignIn, &disabled),
            LinkingDecision::Disabled(PlayerId::from("q".to_owned()))
        );
    }

    #[test]
    fn a_free_identity_never_signs_in_by_its_email() {
        assert_eq!(decide(Purpose::SignIn, &LinkingFacts::default()), LinkingDecision::Register);
        let matching = LinkingFacts { email_matches: true, ..LinkingFacts::default() };
        assert_eq!(decide(Purpose::SignIn, &matching), LinkingDecision::Match);
    }

    #[test]
    fn linking_asks_first_and_takes_nothing_from_others() {
        let (q, b) = (link_of("q", LinkState::Active), link_of("p", LinkState::Active));
        let taken = LinkingDecision::Refused(LinkRefusal::IdentityTaken);
        for purpose in [Purpose::Link, Purpose::Replace] {
            assert_eq!(decide(purpose, &LinkingFacts::default()), LinkingDecision::Confirm);
            assert_eq!(decide(purpose, &facts(Some(q.clone()), None)), taken);
            assert_eq!(decide(purpose, &facts(Some(q.clone()), Some(b.clone()))), taken);
            assert_eq!(
                decide(purpose, &facts(Some(b.clone()), Some(b.clone()))),
                LinkingDecision::Renew(b.clone())
            );
        }
        let another = LinkingDecision::Refused(LinkRefusal::PlayerHasAnother);
        assert_eq!(decide(Purpose::Link, &facts(None, Some(b.clone()))), another);
        assert_eq!(decide(Purpose::Replace, &facts(None, Some(b))), LinkingDecision::Confirm);
    }

    #[test]
    fn a_revoked_link_holds_its_identity_and_lets_its_owner_link_another() {
        let revoked = link_of("p", LinkState::Revoked);
        assert_eq!(decide(Purpose::Link, &facts(None, Some(revoked.clone()))), LinkingDecision::Confirm);
        let others = facts(Some(revoked.clone()), Some(link_of("q", LinkState::Active)));
        assert_eq!(decide(Purpose::Replace, &others), LinkingDecision::Refused(LinkRefusal::IdentityTaken));
        let own = facts(Some(revoked.clone()), Some(revoked.clone()));
        assert_eq!(decide(Purpose::Link, &own), LinkingDecision::Renew(revoked));
    }

    #[test]
    fn an_unconfirmed_link_opens_no_browser_and_proves_nothing() {
        let p =
            HeldLink { made_by: MadeBy::GameToken, is_confirmed: false, ..link_of("p", LinkState::Active) };
        let theirs = facts(Some(p.clone()), Some(p.clone()));
        assert_eq!(decide(Purpose::SignIn, &theirs), LinkingDecision::ConfirmGameLink(p.clone()));
        let refused = LinkingDecision::Refused(LinkRefusal::LinkUnconfirmed);
        assert_eq!(decide(Purpose::ConfirmIdentity, &theirs), refused);
        assert_eq!(decide(Purpose::Link, &theirs), LinkingDecision::Renew(p));
    }

    #[test]
    fn only_the_linked_identity_proves_who_you_are() {
        let (p, q) = (link_of("p", LinkState::Active), link_of("q", LinkState::Active));
        let proven = decide(Purpose::ConfirmIdentity, &facts(Some(p.clone()), Some(p.clone())));
        assert_eq!(proven, LinkingDecision::Proven(p.clone()));
        let wrong = LinkingDecision::Refused(LinkRefusal::WrongIdentity);
        for owner in [None, Some(q)] {
            assert_eq!(decide(Purpose::ConfirmIdentity, &facts(owner.clone(), Some(p.clone()))), wrong);
            assert_eq!(decide(Purpose::ConfirmIdentity, &facts(owner, None)), wrong);
        }
    }
}
