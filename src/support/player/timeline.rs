//! The filter of a player's timeline: everything, a group of event kinds, or one kind.

use crate::audit::{Actor, AuditFilter, Kind};
use crate::platform::ids::PlayerId;
use crate::support::player::forms::TimelineForm;
use crate::text_enum;
use crate::web::form::may_be_id;

/// Records on one page.
pub(super) const PAGE: usize = 25;

text_enum! {
    /// Event kinds that answer one question together. The word stands in the query and ends a message id.
    pub(super) enum TimelineGroup {
        SignIns = "sign-ins",
        Link = "link",
        Account = "account",
        Devices = "devices",
        /// Every view and action of staff, of any kind.
        Support = "support",
    }
}

impl TimelineGroup {
    /// Its kinds, in the order of the filter's list.
    pub fn kinds(self) -> &'static [Kind] {
        match self {
            Self::SignIns => &[
                Kind::PlayerSignedIn,
                Kind::SignInFailed,
                Kind::PasskeyCopySuspected,
                Kind::PlayerSignedOut,
                Kind::SessionEnded,
                Kind::SignedOutEverywhere,
                Kind::PlayerSwitched,
                Kind::IdentityConfirmed,
                Kind::IdentityNotConfirmed,
            ],
            Self::Link => &[
                Kind::LinkAdded,
                Kind::LinkConfirmed,
                Kind::LinkDenied,
                Kind::LinkReplaced,
                Kind::LinkReconnected,
                Kind::LinkRenewed,
                Kind::LinkNeedsReconnect,
                Kind::LinkRevoked,
                Kind::LinkRemoved,
                Kind::LinkRefused,
                Kind::LinkCodeAsked,
                Kind::TokenHandedOut,
            ],
            Self::Account => &[
                Kind::PlayerRegistered,
                Kind::PlayerClaimed,
                Kind::ProfileChanged,
                Kind::EmailChangeAsked,
                Kind::EmailChanged,
                Kind::EmailRestored,
                Kind::PasswordSet,
                Kind::PasswordChanged,
                Kind::PasswordRemoved,
                Kind::SecondFactorTurnedOn,
                Kind::SecondFactorTurnedOff,
                Kind::FactorRecoveryAsked,
                Kind::FactorRecoveryStarted,
                Kind::FactorRecoveryEnded,
                Kind::RecoveryCodesRenewed,
                Kind::BrowserForgotten,
                Kind::PasskeyAdded,
                Kind::PasskeyRenamed,
                Kind::PasskeyRemoved,
                Kind::PasswordResetAsked,
                Kind::PasswordReset,
                Kind::DataExported,
                Kind::AccountClosing,
                Kind::AccountKept,
                Kind::AccountErased,
            ],
            Self::Devices => &[
                Kind::DeviceAdded,
                Kind::DeviceSwitchedOff,
                Kind::ClaimBegun,
                Kind::SignInCodeAsked,
                Kind::SignInCodeAllowed,
                Kind::SignInCodeEnded,
            ],
            Self::Support => &[
                Kind::PlayerViewed,
                Kind::PlayerUnmasked,
                Kind::SupportCheckedLink,
                Kind::SupportEndedSessions,
                Kind::SupportSentReset,
                Kind::PlayerDisabled,
                Kind::PlayerEnabled,
                Kind::NoteAdded,
            ],
        }
    }
}

/// One page of a filtered timeline.
#[derive(Clone, Debug, Default)]
pub(super) struct TimelineQuery {
    pub filter: AuditFilter,
    pub before: Option<String>,
    /// The filter's word in the query; empty for everything.
    pub word: String,
}

impl TimelineQuery {
    /// Parses the query; `None` for an unknown filter.
    pub fn of(form: &TimelineForm) -> Option<Self> {
        let before = Some(form.before.trim()).filter(|before| may_be_id(before)).map(str::to_owned);
        let word = form.kind.trim();
        let filter = match (word.parse(), word.parse::<Kind>()) {
            _ if word.is_empty() => AuditFilter::default(),
            (Ok(TimelineGroup::Support), _) => {
                AuditFilter { actor: Some(Actor::Support), ..AuditFilter::default() }
            }
            (Ok(group), _) => AuditFilter { kinds: group.kinds().to_vec(), ..AuditFilter::default() },
            (Err(_), Ok(kind)) => AuditFilter { kinds: vec![kind], ..AuditFilter::default() },
            (Err(_), Err(_)) => return None,
        };
        Some(Self { filter, before, word: word.to_owned() })
    }

    pub fn filter_of(&self, player: &PlayerId) -> AuditFilter {
        AuditFilter { player: Some(player.clone()), ..self.filter.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(kind: &str) -> Option<TimelineQuery> {
        TimelineQuery::of(&TimelineForm { kind: kind.to_owned(), before: String::new() })
    }

    #[test]
    fn whatever_can_happen_to_a_player_can_be_asked_for() {
        for kind in Kind::ALL {
            let is_about_players = kind.as_str().starts_with("player.") || kind.as_str().starts_with("link.");
            let groups = TimelineGroup::ALL.iter().filter(|group| group.kinds().contains(kind)).count();
            assert!(groups <= 1 && (groups == 1 || !is_about_players), "{}", kind.as_str());
        }
    }

    #[test]
    fn a_group_or_a_kind_narrows_and_nonsense_is_nothing() {
        assert!(asked("").unwrap().filter.kinds.is_empty());
        assert_eq!(asked(" link ").unwrap().filter.kinds, TimelineGroup::Link.kinds());
        assert_eq!(asked("support").unwrap().filter.actor, Some(Actor::Support));
        assert_eq!(asked("link.amazon.added").unwrap().filter.kinds, [Kind::LinkAdded]);
        assert!(asked("nonsense").is_none());
    }
}
