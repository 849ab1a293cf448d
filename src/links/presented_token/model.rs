//! What a game may ask with a token, and what follows from it.

use chrono::{DateTime, TimeDelta, Utc};

use crate::links::model::{HeldLink, LinkRefusal, LinkingDecision, LinkingFacts, Purpose, decide};
use crate::platform::ids::{PlayerId, SessionId};
use crate::sessions::game::GameSession;

/// Who hands something over, without a browser.
#[derive(Clone)]
pub struct GameCallContext {
    pub at: DateTime<Utc>,
    /// Of the request, for records.
    pub reference: String,
    /// The caller's neighbourhood.
    pub network: String,
    /// The player of the game's session, if there is one.
    pub player: Option<PlayerId>,
    /// When a credential was proven by the token or connection that asks (S75). A handed-over token, a device id
    /// and a stored game token prove none (S29).
    pub proven_at: Option<DateTime<Utc>>,
    /// The game's session itself.
    pub session: Option<SessionId>,
}

impl GameCallContext {
    /// Whether the token or connection that asks has proven a credential within `fresh_for`.
    pub fn has_proven_within(&self, fresh_for: TimeDelta) -> bool {
        self.proven_at.is_some_and(|at| self.at >= at && self.at - at < fresh_for)
    }
}

/// The flags of `AmazonConnectRequest`, all false where the game says nothing.
#[expect(clippy::struct_excessive_bools, reason = "four switches that stand on the wire, each on its own")]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConnectFlags {
    pub do_not_link_to_current_player: bool,
    pub switch_if_possible: bool,
    pub error_on_switch: bool,
    pub do_not_create_new_player: bool,
}

/// All that a game asks with a token.
#[derive(Clone, Debug, Default)]
pub struct ConnectOptions {
    pub flags: ConnectFlags,
    /// Take Amazon's name now and keep taking it.
    pub sync_display_name: bool,
    /// For a new player only: a JSON object of strings.
    pub segments: Option<String>,
}

/// The token's player is let in.
#[derive(Clone, Debug)]
pub struct Connected {
    pub session: GameSession,
    pub display_name: String,
    /// This very call made the player.
    pub is_new: bool,
}

/// Expected noes of [`super::connect`]. Nothing was written but the record of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectRefusal {
    /// Expired, revoked, malformed, of another app: never say which (S76).
    NotAuthenticated,
    /// Amazon, or we, could not; the token may be good.
    TryAgain,
    /// The player has another Amazon account.
    AlreadyLinked,
    /// The game asked not to switch; this is whom it would have switched to.
    WouldSwitch(PlayerId),
    /// A player would have to be made, and may not.
    MayNotCreate,
    /// The identity's player, or the session's, may not come in.
    Disabled,
    /// Linking needs a lately proven credential here (S75).
    NotFresh,
}

/// Expected noes of [`super::disconnect`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DisconnectRefusal {
    NotConnected,
    /// It is the last way in.
    PasswordNotSet,
    NotFresh,
    Disabled,
}

/// What a proven identity leads to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ConnectStep {
    Create,
    /// Link to the session's player.
    Link,
    /// The session's player again.
    Stay(HeldLink),
    /// In as the identity's player, whoever was in before.
    Switch(HeldLink),
    Refuse(ConnectRefusal),
}

/// The table of product §5 for an identity that Amazon has proven: the browser's table ([`decide`]), and what
/// the flags make of it. Rows 1 to 11 and 15; the others end before.
pub(super) fn settle(flags: ConnectFlags, is_signed_in: bool, standing: &LinkingFacts) -> ConnectStep {
    let purpose = if is_signed_in { Purpose::Link } else { Purpose::SignIn };
    match decide(purpose, standing) {
        LinkingDecision::SignIn(link) => ConnectStep::Switch(link),
        // An email is never an identity here: whether or not it matches, the player is new.
        LinkingDecision::Register | LinkingDecision::Match => create(flags),
        LinkingDecision::Renew(own) => ConnectStep::Stay(own),
        // No "current player" is meant, so it matters neither whether it could be linked.
        LinkingDecision::Confirm | LinkingDecision::Refused(LinkRefusal::PlayerHasAnother)
            if flags.do_not_link_to_current_player =>
        {
            create(flags)
        }
        LinkingDecision::Confirm => ConnectStep::Link,
        LinkingDecision::Refused(LinkRefusal::IdentityTaken) => switch(flags, standing),
        LinkingDecision::Refused(LinkRefusal::PlayerHasAnother) => {
            ConnectStep::Refuse(ConnectRefusal::AlreadyLinked)
        }
        LinkingDecision::Disabled(_) | LinkingDecision::Proven(_) | LinkingDecision::Refused(_) => {
            ConnectStep::Refuse(ConnectRefusal::Disabled)
        }
    }
}

/// Making a player is no switch, so `errorOnSwitch` does not stop it.
fn create(flags: ConnectFlags) -> ConnectStep {
    if flags.do_not_create_new_player {
        ConnectStep::Refuse(ConnectRefusal::MayNotCreate)
    } else {
        ConnectStep::Create
    }
}

/// The identity is another player's: a browser is refused, a game moves its session, if it may.
fn switch(flags: ConnectFlags, standing: &LinkingFacts) -> ConnectStep {
    let Some(owner) = &standing.owner else { return ConnectStep::Refuse(ConnectRefusal::Disabled) };
    if flags.error_on_switch {
        ConnectStep::Refuse(ConnectRefusal::WouldSwitch(owner.player.clone()))
    } else if standing.has_other() && !flags.switch_if_possible {
        ConnectStep::Refuse(ConnectRefusal::AlreadyLinked)
    } else if standing.owner_is_disabled {
        ConnectStep::Refuse(ConnectRefusal::Disabled)
    } else {
        ConnectStep::Switch(owner.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::links::LinkState;
    use crate::platform::ids::LinkId;

    fn link_of(player: &str, state: LinkState) -> HeldLink {
        HeldLink {
            id: LinkId::from(format!("link of {player}")),
            player: PlayerId::from(player.to_owned()),
            state,
        }
    }

    /// Who the identity is of, as the rows of the table have it.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Identity {
        Free,
        FreeWithKnownEmail,
        Own,
        Others,
        OfADisabled,
    }

    /// What the session's player has.
    #[derive(Clone, Copy, Debug, PartialEq)]
    enum Session {
        None,
        Unlinked,
        Linked(LinkState),
    }

    fn standing(session: Session, identity: Identity) -> LinkingFacts {
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
            email_matches: identity == Identity::FreeWithKnownEmail,
            own: p,
        }
    }

    /// The table of product §5, said once more and otherwise: row by row, in its order.
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
                    let got = settle(flags, is_signed_in, &standing(session, identity));
                    assert_eq!(got, expected, "row {number}: {session:?} {identity:?} {flags:?}");
                }
            }
        }
        assert_eq!(rows.into_iter().collect::<Vec<_>>(), [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 15]);
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
            let others = standing(Session::Unlinked, Identity::Others);
            assert!(matches!(settle(flags, true, &others), ConnectStep::Refuse(_)));
            let apart = ConnectFlags { do_not_link_to_current_player: true, ..flags };
            assert_ne!(settle(apart, true, &standing(Session::Unlinked, Identity::Free)), ConnectStep::Link);
        }
    }
}
