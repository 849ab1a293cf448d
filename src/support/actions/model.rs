//! The verbs, and why one is not carried out.

use crate::audit::Kind;
use crate::web::{Permission, urls};
use crate::word_type;

word_type! {
    /// What is done for a player. The word is the stem of the ids of its form's fields, and of its texts.
    Verb {
        CheckLink = "check-link",
        UnlinkAmazon = "unlink-amazon",
        EndSessions = "end-sessions",
        SendReset = "send-reset",
        Note = "note",
        Disable = "disable",
        Enable = "enable",
    }
}

impl Verb {
    /// Where its form goes.
    pub fn path(self) -> &'static str {
        match self {
            Self::CheckLink => urls::SUPPORT_CHECK_LINK,
            Self::UnlinkAmazon => urls::SUPPORT_UNLINK,
            Self::EndSessions => urls::SUPPORT_END_SESSIONS,
            Self::SendReset => urls::SUPPORT_SEND_RESET,
            Self::Note => urls::SUPPORT_NOTE,
            Self::Disable => urls::SUPPORT_DISABLE,
            Self::Enable => urls::SUPPORT_ENABLE,
        }
    }

    /// Who may.
    pub fn permission(self) -> Permission {
        match self {
            Self::CheckLink => Permission::CheckLink,
            Self::UnlinkAmazon => Permission::Unlink,
            Self::EndSessions => Permission::EndSessions,
            Self::SendReset => Permission::Mail,
            Self::Note => Permission::Note,
            Self::Disable | Self::Enable => Permission::Disable,
        }
    }

    /// Its record.
    pub fn record(self) -> Kind {
        match self {
            Self::CheckLink => Kind::SupportCheckedLink,
            Self::UnlinkAmazon => Kind::LinkRemoved,
            Self::EndSessions => Kind::SupportEndedSessions,
            Self::SendReset => Kind::SupportSentReset,
            Self::Note => Kind::NoteAdded,
            Self::Disable => Kind::PlayerDisabled,
            Self::Enable => Kind::PlayerEnabled,
        }
    }
}

/// Why nothing was done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ActionRefusal {
    /// There is no such player.
    Unknown,
    /// The page showed what is no longer so.
    Changed,
    /// The link is the only way in, and there is no proven address to mail another one to.
    LastMethod,
    /// There is no proven address.
    NoAddress,
    /// The player is disabled, so that a link to choose a password would open nothing.
    Disabled,
    /// Enabling would open nothing: there is no password, no link, no device and no address.
    NoWayIn,
    /// The note is empty, too long, or no text.
    NoteUnfit,
    /// The account has had its letters for this hour.
    TooMany { retry_after: i64 },
}

/// What of a player's standing the forms to disable and to enable were shown with.
pub(super) fn standing(is_disabled: bool) -> &'static str {
    if is_disabled { "disabled" } else { "open" }
}
