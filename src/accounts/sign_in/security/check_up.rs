//! The check-up at the top of the security page: how the account stands, and the one thing to do next.

use crate::accounts::second_factor::FEW_CODES;
use crate::web::urls;

/// What the check-up looks at.
#[derive(Clone, Copy)]
pub(super) struct AccountStanding {
    /// A usable password, Amazon and passkeys: one each.
    pub ways_in: i64,
    pub has_usable_password: bool,
    pub has_email: bool,
    pub awaits_email_code: bool,
    /// `None` where two-step sign-in is off.
    pub recovery_codes_left: Option<i64>,
}

/// What the player had better do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NextStep {
    EnterEmailCode,
    AddEmail,
    SetPassword,
    AddPasskey,
    RenewRecoveryCodes,
    Nothing,
}

impl AccountStanding {
    /// The way back in comes before a spare way in, because it helps also those who lose both.
    pub(super) fn next_step(self) -> NextStep {
        if self.awaits_email_code {
            NextStep::EnterEmailCode
        } else if !self.has_email {
            NextStep::AddEmail
        } else if self.recovery_codes_left.is_some_and(|left| left <= FEW_CODES) {
            NextStep::RenewRecoveryCodes
        } else if self.ways_in > 1 {
            NextStep::Nothing
        } else if self.has_usable_password {
            NextStep::AddPasskey
        } else {
            NextStep::SetPassword
        }
    }
}

impl NextStep {
    /// What the page and its stories call the step.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::EnterEmailCode => "enter-email-code",
            Self::AddEmail => "add-email",
            Self::SetPassword => "set-password",
            Self::AddPasskey => "add-passkey",
            Self::RenewRecoveryCodes => "renew-recovery-codes",
            Self::Nothing => "nothing",
        }
    }

    /// The page of the step, and the message of its link.
    pub(super) fn way(self) -> Option<(&'static str, &'static str)> {
        match self {
            Self::EnterEmailCode => Some((urls::EMAIL_VERIFY, "enter-code")),
            Self::AddEmail => Some((urls::EMAIL, "profile-email-add")),
            Self::SetPassword => Some((urls::PASSWORD, "security-password-set")),
            Self::AddPasskey => Some((urls::PASSKEYS, "check-up-add-passkey")),
            Self::RenewRecoveryCodes => Some((urls::TWO_STEP, "check-up-renew-codes")),
            Self::Nothing => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const WELL: AccountStanding = AccountStanding {
        ways_in: 2,
        has_usable_password: true,
        has_email: true,
        awaits_email_code: false,
        recovery_codes_left: None,
    };

    #[test]
    fn an_account_with_two_ways_in_and_an_address_needs_nothing() {
        assert_eq!(WELL.next_step(), NextStep::Nothing);
        let codes = AccountStanding { recovery_codes_left: Some(FEW_CODES + 1), ..WELL };
        assert_eq!(codes.next_step(), NextStep::Nothing);
    }

    #[test]
    fn the_address_comes_first_then_the_codes_then_a_second_way_in() {
        let bare = AccountStanding {
            ways_in: 1,
            has_email: false,
            awaits_email_code: true,
            recovery_codes_left: Some(0),
            ..WELL
        };
        assert_eq!(bare.next_step(), NextStep::EnterEmailCode);
        let unasked = AccountStanding { awaits_email_code: false, ..bare };
        assert_eq!(unasked.next_step(), NextStep::AddEmail);
        let proven = AccountStanding { has_email: true, ..unasked };
        assert_eq!(proven.next_step(), NextStep::RenewRecoveryCodes);
        let renewed = AccountStanding { recovery_codes_left: Some(10), ..proven };
        assert_eq!(renewed.next_step(), NextStep::AddPasskey);
        let amazon_only = AccountStanding { has_usable_password: false, ..renewed };
        assert_eq!(amazon_only.next_step(), NextStep::SetPassword);
    }
}
