//! The request of a game with a token, and the decision that follows.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players;
use crate::audit::{Actor, AuditEvent, Kind};
use crate::links::game_rules::GivenProof;
use crate::links::model::{HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, Purpose, decide};
use crate::platform::db::{Conn, QueryResult};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::SessionOrigin;
use crate::sessions::game::GameSession;

/// The caller of a request without a browser.
#[derive(Clone)]
pub struct GameCallContext {
    pub at: DateTime<Utc>,
    /// The reference of the request, for records.
    pub reference: String,
    /// The caller's network. Empty for a game server, whose own says nothing about the player.
    pub network: String,
    /// The session of the game and its player, if one is signed in.
    pub origin: Option<SessionOrigin>,
    /// The time at which the asking token or connection proved a credential (S75).
    ///
    /// A device id and a stored game token prove none. A presented token proves one where its link is confirmed (S29).
    pub proven_at: Option<DateTime<Utc>>,
    /// A game server asks with a key of the service API.
    pub has_service_key: bool,
    /// Whether a game server asks, for players whose network it hides.
    pub is_game_server: bool,
}

impl GameCallContext {
    /// The player of the game's session, if there is one.
    pub fn player(&self) -> Option<&PlayerId> {
        self.origin.as_ref().map(|origin| &origin.player)
    }

    /// The game's session. `None` also for a game server that names the player.
    pub fn session(&self) -> Option<&SessionId> {
        self.origin.as_ref()?.session.as_ref()
    }

    /// Locks the player's row, and returns whether the session may still write for its player.
    pub fn lock_origin(&self, conn: &mut Conn) -> QueryResult<bool> {
        match &self.origin {
            Some(origin) => players::store::lock_origin(conn, origin, self.at),
            None => Ok(false),
        }
    }

    /// Whether the asking token or connection has proven a credential within `fresh_for`.
    pub fn has_proven_within(&self, fresh_for: TimeDelta) -> bool {
        self.proven_at.is_some_and(|at| self.at >= at && self.at - at < fresh_for)
    }

    /// What the asking token or connection has proven, for [`crate::links::GameRules`].
    pub fn proof(&self, fresh_for: TimeDelta) -> GivenProof {
        GivenProof {
            by_session: self.has_proven_within(fresh_for),
            by_password: false,
            by_service_key: self.has_service_key,
        }
    }

    /// An audit event of this request.
    pub fn audit_event(&self, kind: Kind, actor: Actor) -> AuditEvent {
        let event = AuditEvent::new(self.at, kind, actor, &self.reference);
        if self.network.is_empty() { event } else { event.from(&self.network) }
    }
}

/// The flags of `AmazonConnectRequest`. Each is false if the request omits it.
#[expect(clippy::struct_excessive_bools, reason = "four independent flags of the protocol")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectFlags {
    pub do_not_link_to_current_player: bool,
    pub switch_if_possible: bool,
    pub error_on_switch: bool,
    pub do_not_create_new_player: bool,
}

/// The options of a request with a token.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    pub flags: ConnectFlags,
    /// Take Amazon's name now and at each later connect.
    pub sync_display_name: bool,
    /// Replaces the segments of the player: a JSON object of strings.
    pub segments: Option<String>,
}

/// The token's player is signed in.
#[derive(Clone, Debug)]
pub struct Connected {
    pub session: GameSession,
    pub display_name: String,
    /// Whether this request created the player.
    pub is_new: bool,
}

/// Why [`super::connect_identity`] did not connect. Only the audit record of the refusal was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectRefusal {
    /// The token is expired, revoked, malformed or of another app. The answer never says which (S76).
    NotAuthenticated,
    /// Amazon or the portal failed, and the token may be valid.
    TryAgain,
    /// The player has another Amazon account.
    AlreadyLinked,
    /// The game asked not to switch; this is the player that the session would have switched to.
    WouldSwitch(PlayerId),
    /// A player would have to be created, and the flags forbid it.
    MayNotCreate,
    /// The identity's player, or the session's, is disabled.
    Disabled,
    /// The account of the identity's player closes.
    Closing,
    /// Linking needs a recently proven credential here (S75).
    NotFresh,
    /// The session ended while Amazon was called.
    SessionEnded,
}

/// Why [`super::disconnect_identity`] did not unlink.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectRefusal {
    NotConnected,
    /// The link is the last login method.
    PasswordNotSet,
    NotFresh,
    /// The session ended while the request was under way, or the player was disabled.
    SessionEnded,
}

/// The step for a proven identity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConnectStep {
    Create,
    /// Link to the session's player.
    Link,
    /// The session's player has this identity already.
    Stay(HeldLink),
    /// Sign in as the identity's player, in place of any earlier player of the session.
    Switch(HeldLink),
    Refuse(ConnectRefusal),
}

impl ConnectStep {
    /// Whether the token proves who the player is: its link was made or confirmed in a browser, or it makes the player.
    pub fn proves_player(&self) -> bool {
        match self {
            Self::Create => true,
            Self::Stay(held) | Self::Switch(held) => held.is_confirmed,
            Self::Link | Self::Refuse(_) => false,
        }
    }
}

/// The step for an identity that Amazon has proven: the browser's decision ([`decide`]), changed by the flags.
///
/// The table is in docs/protocols/gamesparks.md#amazonconnectrequest.
pub(super) fn decide_connect(flags: ConnectFlags, is_signed_in: bool, facts: &LinkingFacts) -> ConnectStep {
    let purpose = if is_signed_in { Purpose::Link } else { Purpose::SignIn };
    match decide(purpose, facts) {
        // In a game an unconfirmed link opens its player, too; it only proves nothing.
        LinkingDecision::SignIn(link) | LinkingDecision::ConfirmGameLink(link) => ConnectStep::Switch(link),
        // An email is never an identity: the player is new even if it matches (S59).
        LinkingDecision::Register | LinkingDecision::Match => create_step(flags),
        LinkingDecision::Renew(own) => ConnectStep::Stay(own),
        // The flag leaves the current player out, so another link of theirs does not matter.
        LinkingDecision::Confirm | LinkingDecision::Refused(LinkRefusal::PlayerHasAnother)
            if flags.do_not_link_to_current_player =>
        {
            create_step(flags)
        }
        LinkingDecision::Confirm => ConnectStep::Link,
        LinkingDecision::Refused(LinkRefusal::IdentityTaken) => switch_step(flags, facts),
        LinkingDecision::Refused(LinkRefusal::PlayerHasAnother) => {
            ConnectStep::Refuse(ConnectRefusal::AlreadyLinked)
        }
        LinkingDecision::Disabled(_) if facts.owner_is_closing => {
            ConnectStep::Refuse(ConnectRefusal::Closing)
        }
        LinkingDecision::Closing(_) => ConnectStep::Refuse(ConnectRefusal::Closing),
        LinkingDecision::Disabled(_) | LinkingDecision::Proven(_) | LinkingDecision::Refused(_) => {
            ConnectStep::Refuse(ConnectRefusal::Disabled)
        }
    }
}

/// Creating a player is no switch, so `errorOnSwitch` does not prevent it.
fn create_step(flags: ConnectFlags) -> ConnectStep {
    if flags.do_not_create_new_player {
        ConnectStep::Refuse(ConnectRefusal::MayNotCreate)
    } else {
        ConnectStep::Create
    }
}

/// The identity belongs to another player. A browser is refused; a game moves its session, if the flags allow it.
fn switch_step(flags: ConnectFlags, facts: &LinkingFacts) -> ConnectStep {
    let Some(owner) = &facts.owner else { return ConnectStep::Refuse(ConnectRefusal::Disabled) };
    if flags.error_on_switch {
        ConnectStep::Refuse(ConnectRefusal::WouldSwitch(owner.player.clone()))
    } else if facts.has_other() && !flags.switch_if_possible {
        ConnectStep::Refuse(ConnectRefusal::AlreadyLinked)
    } else if facts.owner_is_closing {
        ConnectStep::Refuse(ConnectRefusal::Closing)
    } else if facts.owner_is_disabled {
        ConnectStep::Refuse(ConnectRefusal::Disabled)
    } else {
        ConnectStep::Switch(owner.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::LinkState;
    use crate::links::model::MadeBy;
    use crate::platform::ids::LinkId;

    fn link_of(player: &str, state: LinkState) -> HeldLink {
        HeldLink {
            id: LinkId::from(format!("link of {player}")),
            player: PlayerId::from(player.to_owned()),
            state,
            made_by: MadeBy::Browser,
            is_confirmed: true,
        }
    }

    /// The owner of the identity, as in the rows of the table.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Identity {
        Free,
        FreeWithKnownEmail,
        Own,
        Others,
        OfADisabled,
    }

    /// The link of the session's player.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Session {
        None,
        Unlinked,
        Linked(LinkState),
    }

    fn facts(session: Session, identity: Identity) -> LinkingFacts {
        let p = match session {
            Session::Linked(state) => Some(link_of("p", state)),
            Session::None | Session::Unlinked => None,
        };
        LinkingFacts {
            owner: match identity {
                Identity::Own => p.clone(),
                Identity::Others | Identity::OfADisabled => Some(link_of("q", LinkState::Active)),
                Identity::Free | Identity::FreeWithKnownEmail => None,
            },
            owner_is_disabled: identity == Identity::OfADisabled,
            owner_is_closing: false,
            email_matches: identity == Identity::FreeWithKnownEmail,
            own: p,
        }
    }

    /// The table of docs/protocols/gamesparks.md#amazonconnectrequest, row by row, written independently of
    /// [`decide_connect`].
    ///
    /// The number of a row appears in the failure message.
    fn row(session: Session, identity: Identity, flags: ConnectFlags) -> (u8, ConnectStep) {
        let ConnectFlags {
            do_not_link_to_current_player: apart,
            switch_if_possible: may_switch,
            error_on_switch: stays,
            do_not_create_new_player: no_new,
        } = flags;
        let is_free = matches!(identity, Identity::Free | Identity::FreeWithKnownEmail);
        let has_another = matches!(session, Session::Linked(state) if state != LinkState::Revoked && identity != Identity::Own);
        let new = |number| {
            if no_new {
                (15, ConnectStep::Refuse(ConnectRefusal::MayNotCreate))
            } else {
                (number, ConnectStep::Create)
            }
        };
        let q = || link_of("q", LinkState::Active);
        let disabled = ConnectStep::Refuse(ConnectRefusal::Disabled);
        let already = ConnectStep::Refuse(ConnectRefusal::AlreadyLinked);
        let would = ConnectStep::Refuse(ConnectRefusal::WouldSwitch(PlayerId::from("q".to_owned())));
        let to_q = |number| {
            (number, if identity == Identity::OfADisabled { disabled } else { ConnectStep::Switch(q()) })
        };
        match (session, identity) {
            (Session::None, _) if is_free => new(1),
            (Session::None, _) => to_q(2),
            (Session::Linked(state), Identity::Own) => (5, ConnectStep::Stay(link_of("p", state))),
            _ if is_free && apart => new(4),
            _ if is_free && has_another => (8, already),
            _ if is_free => (3, ConnectStep::Link),
            _ if has_another && may_switch && stays => (11, would),
            _ if has_another && may_switch => to_q(10),
            _ if stays => (7, would),
            _ if has_another => (9, already),
            _ => to_q(6),
        }
    }

    #[test]
    fn every_cell_of_the_table_is_as_the_product_says() {
        let sessions = [Session::None, Session::Unlinked]
            .into_iter()
            .chain(LinkState::ALL.iter().map(|state| Session::Linked(*state)));
        let identities = [
            Identity::Free,
            Identity::FreeWithKnownEmail,
            Identity::Own,
            Identity::Others,
            Identity::OfADisabled,
        ];
        let mut rows = std::collections::BTreeSet::new();
        for session in sessions {
            for identity in identities {
                if identity == Identity::Own && !matches!(session, Session::Linked(_)) {
                    continue;
                }
                for bits in 0..16_u8 {
                    let flags = ConnectFlags {
                        do_not_link_to_current_player: bits & 1 != 0,
                        switch_if_possible: bits & 2 != 0,
                        error_on_switch: bits & 4 != 0,
                        do_not_create_new_player: bits & 8 != 0,
                    };
                    let (number, expected) = row(session, identity, flags);
                    rows.insert(number);
                    let is_signed_in = session != Session::None;
                    let got = decide_connect(flags, is_signed_in, &facts(session, identity));
                    assert_eq!(got, expected, "row {number}: {session:?} {identity:?} {flags:?}");
                }
            }
        }
        assert_eq!(rows.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15]);
    }

    #[test]
    fn a_link_that_a_game_made_is_no_proof_before_it_is_confirmed() {
        let confirmed = link_of("q", LinkState::Revoked);
        let open = HeldLink { made_by: MadeBy::GameToken, is_confirmed: false, ..confirmed.clone() };
        for (held, proves) in [(confirmed, true), (open, false)] {
            assert_eq!(ConnectStep::Stay(held.clone()).proves_player(), proves);
            assert_eq!(ConnectStep::Switch(held.clone()).proves_player(), proves);
            let facts = LinkingFacts { owner: Some(held.clone()), ..LinkingFacts::default() };
            assert_eq!(decide_connect(ConnectFlags::default(), false, &facts), ConnectStep::Switch(held));
        }
        assert!(ConnectStep::Create.proves_player() && !ConnectStep::Link.proves_player());
    }

    #[test]
    fn whatever_the_flags_say_a_session_that_may_not_switch_does_not_and_no_link_is_taken() {
        for bits in 0..16_u8 {
            let flags = ConnectFlags {
                do_not_link_to_current_player: bits & 1 != 0,
                switch_if_possible: bits & 2 != 0,
                error_on_switch: true,
                do_not_create_new_player: bits & 8 != 0,
            };
            let others = facts(Session::Unlinked, Identity::Others);
            assert!(matches!(decide_connect(flags, true, &others), ConnectStep::Refuse(_)));
            let apart = ConnectFlags { do_not_link_to_current_player: true, ..flags };
            assert_ne!(
                decide_connect(apart, true, &facts(Session::Unlinked, Identity::Free)),
                ConnectStep::Link
            );
        }
    }
}
