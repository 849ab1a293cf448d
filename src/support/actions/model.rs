//! The actions of support, and the refusals.

use crate::audit::Kind;
use crate::text_enum;
use crate::web::{Permission, urls};

text_enum! {
    /// An action on a player; its word is the stem of its field ids and message ids.
    pub enum Verb {
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
    /// The address of its form.
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

    /// The kind of its audit record.
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

/// Why an action was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::support) enum ActionRefusal {
    /// There is no such player.
    Unknown,
    /// The page showed a state that has changed since.
    Changed,
    /// The link is the only login method, and no confirmed address can receive a reset link.
    LastMethod,
    /// The player has no confirmed address.
    NoAddress,
    /// The player is disabled, so a reset link would be useless.
    Disabled,
    /// Enabling would be useless: the player has no password, no link, no device and no address.
    NoWayIn,
    /// The note is empty, too long, or has control characters.
    NoteUnfit,
    /// The account has reached the rate limit for reset mails.
    TooMany { retry_after: i64 },
}

/// The state that the forms to disable and to enable quote.
pub(in crate::support) fn standing(is_disabled: bool) -> &'static str {
    if is_disabled { "disabled" } else { "open" }
}
