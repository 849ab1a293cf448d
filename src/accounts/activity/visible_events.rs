//! Which records a player sees, in which words, and which of them are grouped.

use crate::audit::{Actor, Kind};
use crate::text_enum;

text_enum! {
    /// A group that the list can be narrowed to.
    pub enum Group {
        SignIns = "sign_ins",
        Amazon = "amazon",
        Account = "account",
        /// Everything that staff did, of any kind.
        Support = "support",
    }
}

/// How a kind is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct VisibleEvent {
    pub group: Group,
    /// The id of the message with its sentence.
    pub sentence: &'static str,
    pub folds: GroupingRule,
}

/// Whether records of one day that say the same become one entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum GroupingRule {
    Never,
    /// Only sign-ins of games, which happen at every start.
    InGames,
    Always,
}

/// How a record of this kind is shown to the player it is about.
///
/// `None` for records about nobody, or about staff. There is no default: a new kind is decided on here.
pub(super) fn visible_kinds(kind: Kind) -> Option<VisibleEvent> {
    use Group::{Account, Amazon, SignIns, Support};
    let (group, sentence) = match kind {
        Kind::PlayerSignedIn => (SignIns, "activity-signed-in"),
        Kind::SignInFailed => (SignIns, "activity-sign-in-refused"),
        Kind::PlayerSignedOut => (SignIns, "activity-signed-out"),
        Kind::SessionEnded => (SignIns, "activity-session-ended"),
        Kind::SignedOutEverywhere => (SignIns, "activity-signed-out-everywhere"),
        Kind::IdentityConfirmed => (SignIns, "activity-identity-confirmed"),
        Kind::IdentityNotConfirmed => (SignIns, "activity-identity-refused"),
        Kind::PlayerSwitched => (SignIns, "activity-switched"),
        Kind::PlayerRegistered => (Account, "activity-registered"),
        Kind::ProfileChanged => (Account, "activity-profile-changed"),
        Kind::PasswordSet => (Account, "activity-password-set"),
        Kind::PasswordChanged => (Account, "activity-password-changed"),
        Kind::PasswordRemoved => (Account, "activity-password-removed"),
        Kind::SecondFactorTurnedOn => (Account, "activity-two-step-on"),
        Kind::SecondFactorTurnedOff => (Account, "activity-two-step-off"),
        Kind::FactorRecoveryAsked => (Account, "activity-factor-recovery-asked"),
        Kind::FactorRecoveryStarted => (Account, "activity-factor-recovery-started"),
        Kind::FactorRecoveryEnded => (Account, "activity-factor-recovery-ended"),
        Kind::RecoveryCodesRenewed => (Account, "activity-recovery-codes"),
        Kind::BrowserForgotten => (Account, "activity-browser-forgotten"),
        Kind::PasskeyAdded => (Account, "activity-passkey-added"),
        Kind::PasskeyRenamed => (Account, "activity-passkey-renamed"),
        Kind::PasskeyRemoved => (Account, "activity-passkey-removed"),
        Kind::PasskeyCopySuspected => (SignIns, "activity-passkey-copy"),
        Kind::PasswordResetAsked => (Account, "activity-reset-asked"),
        Kind::PasswordReset => (Account, "activity-password-reset"),
        Kind::EmailChangeAsked => (Account, "activity-email-asked"),
        Kind::EmailChanged => (Account, "activity-email-changed"),
        Kind::EmailRestored => (Account, "activity-email-restored"),
        Kind::DeviceAdded => (Account, "activity-device-added"),
        Kind::DeviceSwitchedOff => (Account, "activity-device-off"),
        Kind::ClaimBegun => (Account, "activity-claim-begun"),
        Kind::PlayerClaimed => (Account, "activity-claimed"),
        Kind::SignInCodeAsked => (SignIns, "activity-sign-in-code-asked"),
        Kind::SignInCodeAllowed => (SignIns, "activity-sign-in-code-allowed"),
        Kind::SignInCodeEnded => (SignIns, "activity-sign-in-code-ended"),
        Kind::DataExported => (Account, "activity-data-exported"),
        Kind::AccountClosing => (Account, "activity-closing"),
        Kind::AccountKept => (Account, "activity-kept"),
        // No player is left to read it.
        Kind::AccountErased => (Account, "activity-erased"),
        Kind::LinkCodeAsked => (Amazon, "activity-link-code"),
        Kind::LinkAdded => (Amazon, "activity-linked"),
        Kind::LinkConfirmed => (Amazon, "activity-link-confirmed"),
        Kind::LinkDenied => (Amazon, "activity-link-denied"),
        Kind::LinkReplaced => (Amazon, "activity-link-replaced"),
        Kind::LinkRenewed => (Amazon, "activity-link-renewed"),
        Kind::LinkReconnected => (Amazon, "activity-link-reconnected"),
        Kind::LinkRemoved => (Amazon, "activity-unlinked"),
        Kind::LinkRevoked => (Amazon, "activity-link-revoked"),
        Kind::LinkNeedsReconnect => (Amazon, "activity-needs-reconnect"),
        Kind::LinkRefused => (Amazon, "activity-link-refused"),
        Kind::TokenHandedOut => (Amazon, "activity-token-handed-out"),
        Kind::PlayerViewed => (Support, "activity-viewed"),
        Kind::PlayerUnmasked => (Support, "activity-unmasked"),
        Kind::PlayerDisabled => (Support, "activity-disabled"),
        Kind::PlayerEnabled => (Support, "activity-enabled"),
        Kind::NoteAdded => (Support, "activity-noted"),
        Kind::SupportCheckedLink => (Support, "activity-link-checked"),
        Kind::SupportEndedSessions => (Support, "activity-sessions-ended"),
        Kind::SupportSentReset => (Support, "activity-reset-sent"),
        // These records name a player only if the reader had narrowed the search to that player.
        Kind::AuditRead => (Support, "activity-record-read"),
        Kind::AuditExported => (Support, "activity-record-exported"),
        Kind::GuardTripped
        | Kind::GuardReleased
        | Kind::StaffAdded
        | Kind::StaffEnrolled
        | Kind::StaffDisabled
        | Kind::StaffFactorReset
        | Kind::StaffSignedIn
        | Kind::StaffSignInFailed
        | Kind::StaffSignedOut
        | Kind::StaffConfirmed
        | Kind::StaffNotConfirmed
        | Kind::StaffRecoveryRenewed
        | Kind::StaffRefused
        | Kind::StaffRoleProposed
        | Kind::StaffRoleWithdrawn
        | Kind::StaffRoleChanged
        | Kind::PlayersSearched
        | Kind::DatabaseRestored
        | Kind::ServiceKeyAdded
        | Kind::ServiceKeyRevoked
        | Kind::WebhookAdded
        | Kind::WebhookRemoved
        | Kind::WebhookDisabled
        | Kind::WebhooksReplayed => return None,
    };
    Some(VisibleEvent { group, sentence, folds: grouping_rule(kind) })
}

/// Whether this kind is grouped, because repetitions add nothing.
fn grouping_rule(kind: Kind) -> GroupingRule {
    match kind {
        Kind::PlayerSignedIn | Kind::PlayerSwitched => GroupingRule::InGames,
        Kind::SignInFailed
        | Kind::IdentityConfirmed
        | Kind::IdentityNotConfirmed
        | Kind::PasswordResetAsked
        | Kind::EmailChangeAsked
        | Kind::ClaimBegun
        | Kind::SignInCodeAsked
        | Kind::LinkCodeAsked
        | Kind::LinkRenewed
        | Kind::LinkRefused
        | Kind::TokenHandedOut
        | Kind::PlayerViewed
        | Kind::AuditRead
        | Kind::AuditExported => GroupingRule::Always,
        _ => GroupingRule::Never,
    }
}

/// The id of the message. What somebody else than the player did has a message of its own.
pub(super) fn sentence_key(kind: Kind, shown: VisibleEvent, actor: Actor) -> &'static str {
    match (kind, actor) {
        (Kind::LinkRemoved, Actor::Support) => "activity-unlinked-by-support",
        (Kind::ProfileChanged, Actor::Amazon) => "activity-name-followed",
        _ => shown.sentence,
    }
}

/// The kinds to read, and the actor if only one counts.
pub(super) fn filter_kinds(group: Option<Group>) -> (Vec<Kind>, Option<Actor>) {
    let fits = |kind: &Kind| match (visible_kinds(*kind), group) {
        (None, _) => false,
        (Some(_), None | Some(Group::Support)) => true,
        (Some(shown), Some(group)) => shown.group == group,
    };
    let actor = (group == Some(Group::Support)).then_some(Actor::Support);
    (Kind::ALL.iter().copied().filter(fits).collect(), actor)
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;
    use crate::platform::i18n::Language;

    #[test]
    fn every_kind_that_is_shown_has_a_sentence_of_its_own_in_every_language() {
        let mut seen = HashSet::new();
        for shown in Kind::ALL.iter().filter_map(|kind| visible_kinds(*kind)) {
            assert!(seen.insert(shown.sentence), "{} stands for two kinds", shown.sentence);
            for &language in Language::ALL {
                assert!(language.has(shown.sentence), "{}: {}", language.as_str(), shown.sentence);
            }
        }
        for sentence in ["activity-unlinked-by-support", "activity-name-followed"] {
            assert!(Language::ALL.iter().all(|language| language.has(sentence)), "{sentence}");
        }
    }

    #[test]
    fn a_player_sees_all_about_a_player_and_nothing_about_staff() {
        let hidden: Vec<&str> = Kind::ALL
            .iter()
            .filter(|kind| visible_kinds(**kind).is_none())
            .map(|kind| kind.as_str())
            .collect();
        let is_about_nobody = |kind: &&str| {
            ["refresh.brake.", "service.", "staff."].iter().any(|start| kind.starts_with(start))
        };
        assert!(hidden.iter().all(is_about_nobody), "{hidden:?}");
        for kind in ["staff.player.viewed", "staff.player.unmasked", "staff.note.added", "staff.link.checked"]
        {
            assert!(
                visible_kinds(kind.parse().unwrap()).is_some_and(|shown| shown.group == Group::Support),
                "{kind}"
            );
        }
    }

    #[test]
    fn each_group_asks_for_its_own_and_support_for_whatever_staff_did() {
        let (all, anybody) = filter_kinds(None);
        let groups = [Group::SignIns, Group::Amazon, Group::Account];
        let own: usize = groups.iter().map(|group| filter_kinds(Some(*group)).0.len()).sum();
        let of_staff =
            all.iter().filter(|kind| visible_kinds(**kind).is_some_and(|s| s.group == Group::Support));
        assert_eq!((own + of_staff.count(), anybody), (all.len(), None));
        assert_eq!(filter_kinds(Some(Group::Support)), (all, Some(Actor::Support)));
    }
}
