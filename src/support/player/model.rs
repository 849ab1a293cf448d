//! What support sees of a player, and the conclusions from it.

use chrono::{DateTime, Utc};

use crate::accounts::players;
use crate::audit;
use crate::games::devices;
use crate::links::{self, LinkState, StateCause};
use crate::outbound::mail;
use crate::platform::ids::PlayerId;
use crate::sessions::browser;
use crate::sessions::game;
use crate::support::actions::LastAction;
use crate::support::notes::Note;
use crate::text_enum;
use crate::web::Notice;

/// A player with all related rows, read at once; lists have the newest first.
pub(super) struct PlayerOverview {
    pub account: players::PlayerAccount,
    /// Since when the second factor is on.
    pub second_factor_since: Option<DateTime<Utc>>,
    pub link: Option<links::LinkDetails>,
    pub former: Vec<links::FormerLink>,
    /// Sessions in browsers.
    pub sessions: Vec<browser::BrowserSessionSummary>,
    /// Sessions in games.
    pub games: Vec<game::GameSessionSummary>,
    pub has_passkey: bool,
    /// Includes disabled devices.
    pub devices: Vec<devices::DeviceSummary>,
    pub mails: Vec<mail::MailSummary>,
    pub notes: Vec<Note>,
    pub records: Vec<audit::AuditEntry>,
    /// The audit records that the action forms quote.
    pub latest: LastAction,
}

/// What an action adds to the page that answers its form.
#[derive(Default)]
pub(super) struct OverviewLimit {
    pub notice: Option<Notice>,
    /// Field ids and messages.
    pub errors: Vec<(String, String)>,
    /// Field ids and the typed text.
    pub typed: Vec<(String, String)>,
    /// Shows the masked values; set only if [`audit::Kind::PlayerUnmasked`] goes on record.
    pub reveal: bool,
}

text_enum! {
    /// How the player can sign in now. Its word ends a message id.
    pub(super) enum LoginMethod {
        /// The account is deleted on a day that is set, as its player has asked.
        Closing = "closing",
        Disabled = "disabled",
        PasswordAndAmazon = "password-and-amazon",
        PasswordOnly = "password-only",
        /// A passkey, whatever else there is.
        Passkey = "passkey",
        AmazonOnly = "amazon-only",
        /// The link is revoked; signing in with the same Amazon account reconnects it.
        AmazonAgain = "amazon-again",
        /// Only a reset link by mail.
        ResetOnly = "reset-only",
        /// Only a device in a game, no browser.
        DeviceOnly = "device-only",
        Nothing = "nothing",
    }
}

/// The health of the link; where several facts apply, the most urgent one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LinkHealth {
    Never,
    Ended {
        cause: links::Cause,
        at: DateTime<Utc>,
    },
    Works,
    /// The link works until then: its token was presented by a game and cannot be refreshed.
    WorksUntil(DateTime<Utc>),
    /// The presented token has expired and was not replaced.
    RanOut(DateTime<Utc>),
    /// The number of failed refreshes since the last success.
    Failing(i64),
    /// Amazon refused the refresh, and the mass-revocation guard keeps the link from ending (S69).
    Held(DateTime<Utc>),
    NeedsReconnect {
        cause: Option<StateCause>,
        since: DateTime<Utc>,
    },
    Revoked(DateTime<Utc>),
}

impl PlayerOverview {
    pub fn id(&self) -> &PlayerId {
        &self.account.id
    }

    pub fn has_email(&self) -> bool {
        self.account.email.is_some()
    }

    pub fn is_disabled(&self) -> bool {
        self.account.disabled_at.is_some()
    }

    /// When the account is deleted, as its player has asked.
    pub fn closes_at(&self) -> Option<DateTime<Utc>> {
        self.account.closes_at
    }

    pub fn has_usable_password(&self) -> bool {
        self.account.has_usable_password()
    }

    pub fn can_sign_in_without_amazon(&self) -> bool {
        self.has_usable_password() || self.has_passkey
    }

    /// Whether the link is active or needs to be reconnected; a revoked link does not count.
    pub fn has_amazon(&self) -> bool {
        self.link.as_ref().is_some_and(|link| link.state != LinkState::Revoked)
    }

    /// The number of sessions in browsers and games.
    pub fn session_count(&self) -> usize {
        self.sessions.len() + self.games.len()
    }

    /// The number of devices that are not disabled.
    pub fn open_devices(&self) -> usize {
        self.devices.iter().filter(|device| device.switched_off_at.is_none()).count()
    }

    pub(super) fn way_in(&self) -> LoginMethod {
        match (self.has_usable_password(), self.has_amazon()) {
            _ if self.closes_at().is_some() => LoginMethod::Closing,
            _ if self.is_disabled() => LoginMethod::Disabled,
            _ if self.has_passkey => LoginMethod::Passkey,
            (true, true) => LoginMethod::PasswordAndAmazon,
            (true, false) => LoginMethod::PasswordOnly,
            (false, true) => LoginMethod::AmazonOnly,
            _ if self.link.is_some() => LoginMethod::AmazonAgain,
            _ if self.has_email() => LoginMethod::ResetOnly,
            _ if self.open_devices() > 0 => LoginMethod::DeviceOnly,
            _ => LoginMethod::Nothing,
        }
    }

    pub(super) fn health(&self, now: DateTime<Utc>) -> LinkHealth {
        let Some(link) = &self.link else {
            return self.former.first().map_or(LinkHealth::Never, |last| LinkHealth::Ended {
                cause: last.cause,
                at: last.ended_at,
            });
        };
        match link.state {
            LinkState::Revoked => LinkHealth::Revoked(link.state_since),
            LinkState::NeedsReconnect => {
                LinkHealth::NeedsReconnect { cause: link.state_cause, since: link.state_since }
            }
            LinkState::Active => match (link.held_at, link.access_expires_at) {
                (Some(since), _) => LinkHealth::Held(since),
                (None, Some(ends)) if !link.has_refresh_token && ends > now => LinkHealth::WorksUntil(ends),
                (None, Some(ended)) if !link.has_refresh_token => LinkHealth::RanOut(ended),
                _ if link.failures > 0 => LinkHealth::Failing(link.failures),
                _ => LinkHealth::Works,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;
    use crate::links::{Cause, FormerLink, LinkDetails, MadeBy, TokensFrom};

    const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

    pub(crate) fn nobody() -> PlayerOverview {
        let account = players::PlayerAccount {
            id: PlayerId::from("ann".to_owned()),
            display_name: String::new(),
            sync_display_name: false,
            user_name: None,
            email: None,
            email_proven_at: None,
            has_password: false,
            password_changed_at: None,
            segments: None,
            language: None,
            disabled_at: None,
            closes_at: None,
            created_at: NOW,
        };
        PlayerOverview {
            account,
            second_factor_since: None,
            link: None,
            former: Vec::new(),
            sessions: Vec::new(),
            games: Vec::new(),
            has_passkey: false,
            devices: Vec::new(),
            mails: Vec::new(),
            notes: Vec::new(),
            records: Vec::new(),
            latest: crate::support::actions::LastAction::default(),
        }
    }

    fn link(state: LinkState) -> LinkDetails {
        LinkDetails {
            id: "l".to_owned().into(),
            amazon_id: "amzn1.account.A".into(),
            amazon_name: None,
            amazon_email: None,
            amazon_postal_code: None,
            client_id: "c".into(),
            scopes: "profile".into(),
            state,
            state_since: NOW,
            state_cause: None,
            tokens_from: TokensFrom::CodeGrant,
            made_by: MadeBy::Browser,
            confirmed_at: Some(NOW),
            has_access_token: true,
            access_expires_at: Some(NOW + TimeDelta::hours(1)),
            has_refresh_token: true,
            token_version: 1,
            linked_at: NOW,
            checked_at: NOW,
            next_check_at: NOW,
            retry_at: None,
            failures: 0,
            held_at: None,
        }
    }

    fn device(switched_off_at: Option<DateTime<Utc>>) -> devices::DeviceSummary {
        devices::DeviceSummary {
            label: String::new(),
            api_key: "g".into(),
            network: String::new(),
            made_at: NOW,
            last_used_at: NOW,
            switched_off_at,
        }
    }

    #[test]
    fn the_ways_in_are_those_of_the_product() {
        let mut overview = nobody();
        assert_eq!(overview.way_in(), LoginMethod::Nothing);
        overview.devices.push(device(Some(NOW)));
        assert_eq!(overview.way_in(), LoginMethod::Nothing, "a device that was switched off lets nobody in");
        overview.devices.push(device(None));
        assert_eq!(overview.way_in(), LoginMethod::DeviceOnly);
        overview.account.has_password = true;
        assert_eq!(
            overview.way_in(),
            LoginMethod::DeviceOnly,
            "no name or address to type with the password"
        );
        overview.account.user_name = Some("ann".into());
        assert_eq!(overview.way_in(), LoginMethod::PasswordOnly);
        overview.link = Some(link(LinkState::NeedsReconnect));
        assert_eq!(overview.way_in(), LoginMethod::PasswordAndAmazon);
        overview.account.has_password = false;
        assert_eq!(overview.way_in(), LoginMethod::AmazonOnly);
        overview.link = Some(link(LinkState::Revoked));
        assert_eq!(overview.way_in(), LoginMethod::AmazonAgain);
        overview.has_passkey = true;
        assert_eq!(overview.way_in(), LoginMethod::Passkey);
        overview.has_passkey = false;
        overview.link = None;
        overview.account.email = Some("ann@example.test".into());
        assert_eq!(overview.way_in(), LoginMethod::ResetOnly);
        overview.account.disabled_at = Some(NOW);
        assert_eq!(overview.way_in(), LoginMethod::Disabled);
    }

    #[test]
    fn the_health_of_a_link_tells_what_hurts_most() {
        let of = |link: LinkDetails, now| PlayerOverview { link: Some(link), ..nobody() }.health(now);
        let hour = NOW + TimeDelta::hours(1);
        let active = || link(LinkState::Active);
        assert_eq!(of(active(), NOW), LinkHealth::Works);
        assert_eq!(of(LinkDetails { failures: 3, ..active() }, NOW), LinkHealth::Failing(3));
        assert_eq!(
            of(LinkDetails { failures: 3, held_at: Some(NOW), ..active() }, NOW),
            LinkHealth::Held(NOW)
        );
        let handed = || LinkDetails { has_refresh_token: false, ..active() };
        assert_eq!(of(handed(), NOW), LinkHealth::WorksUntil(hour));
        assert_eq!(of(handed(), hour), LinkHealth::RanOut(hour));
        assert_eq!(of(link(LinkState::Revoked), NOW), LinkHealth::Revoked(NOW));
        let mut overview = nobody();
        assert_eq!(overview.health(NOW), LinkHealth::Never);
        let (cause, at) = (Cause::RevokedByAmazon, hour);
        overview.former.push(FormerLink { linked_at: NOW, ended_at: at, actor: audit::Actor::Amazon, cause });
        assert_eq!(overview.health(NOW), LinkHealth::Ended { cause, at });
    }
}
