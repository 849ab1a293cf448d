//! The closed list of events that are recorded in the audit log.

use chrono::{DateTime, Utc};
use serde_json::{Value, json};

use crate::platform::ids::{PlayerId, SessionId, StaffId};
use crate::stored_enum;

stored_enum! {
    /// The kind of an event, spelled as subject, object and action.
    pub enum Kind {
        PlayerRegistered = "player.account.registered",
        PlayerSignedIn = "player.session.started",
        SignInFailed = "player.session.refused",
        PlayerSignedOut = "player.session.ended",
        SessionEnded = "player.session.ended_from_afar",
        SignedOutEverywhere = "player.session.ended_everywhere",
        IdentityConfirmed = "player.identity.confirmed",
        IdentityNotConfirmed = "player.identity.refused",
        ProfileChanged = "player.profile.changed",
        PasswordSet = "player.password.set",
        PasswordChanged = "player.password.changed",
        PasswordRemoved = "player.password.removed",
        SecondFactorTurnedOn = "player.second_factor.turned_on",
        SecondFactorTurnedOff = "player.second_factor.turned_off",
        FactorRecoveryAsked = "player.factor_recovery.asked",
        FactorRecoveryStarted = "player.factor_recovery.started",
        FactorRecoveryEnded = "player.factor_recovery.ended",
        RecoveryCodesRenewed = "player.recovery_codes.renewed",
        BrowserForgotten = "player.browser.forgotten",
        PasskeyAdded = "player.passkey.added",
        PasskeyRenamed = "player.passkey.renamed",
        PasskeyRemoved = "player.passkey.removed",
        PasskeyCopySuspected = "player.passkey.copy_suspected",
        PasswordResetAsked = "player.password.reset_asked",
        PasswordReset = "player.password.reset",
        EmailChangeAsked = "player.email.change_asked",
        EmailChanged = "player.email.changed",
        EmailRestored = "player.email.restored",
        PlayerSwitched = "player.session.switched",
        DeviceAdded = "player.device.added",
        DeviceSwitchedOff = "player.device.switched_off",
        ClaimBegun = "player.claim.begun",
        PlayerClaimed = "player.account.claimed",
        SignInCodeAsked = "player.sign_in_code.asked",
        SignInCodeAllowed = "player.sign_in_code.allowed",
        SignInCodeEnded = "player.sign_in_code.ended",
        DataExported = "player.data.exported",
        AccountClosing = "player.account.closing",
        AccountKept = "player.account.kept",
        AccountErased = "player.account.erased",
        LinkCodeAsked = "link.amazon.code_asked",
        LinkAdded = "link.amazon.added",
        LinkConfirmed = "link.amazon.confirmed",
        LinkDenied = "link.amazon.denied",
        LinkReplaced = "link.amazon.replaced",
        LinkRenewed = "link.amazon.renewed",
        LinkReconnected = "link.amazon.reconnected",
        LinkRemoved = "link.amazon.removed",
        LinkRevoked = "link.amazon.revoked",
        LinkNeedsReconnect = "link.amazon.reconnect_needed",
        LinkRefused = "link.amazon.refused",
        GuardTripped = "refresh.brake.pulled",
        GuardReleased = "refresh.brake.released",
        StaffAdded = "staff.account.added",
        StaffEnrolled = "staff.account.enrolled",
        StaffDisabled = "staff.account.disabled",
        StaffFactorReset = "staff.factor.reset",
        StaffSignedIn = "staff.session.started",
        StaffSignInFailed = "staff.session.refused",
        StaffSignedOut = "staff.session.ended",
        StaffConfirmed = "staff.identity.confirmed",
        StaffNotConfirmed = "staff.identity.refused",
        StaffRecoveryRenewed = "staff.recovery.renewed",
        StaffRefused = "staff.request.refused",
        StaffRoleProposed = "staff.role.proposed",
        StaffRoleWithdrawn = "staff.role.withdrawn",
        StaffRoleChanged = "staff.role.changed",
        PlayersSearched = "staff.players.searched",
        PlayerViewed = "staff.player.viewed",
        PlayerUnmasked = "staff.player.unmasked",
        PlayerDisabled = "staff.player.disabled",
        PlayerEnabled = "staff.player.enabled",
        NoteAdded = "staff.note.added",
        SupportCheckedLink = "staff.link.checked",
        SupportEndedSessions = "staff.sessions.ended",
        SupportSentReset = "staff.reset.sent",
        AuditRead = "staff.audit.read",
        AuditExported = "staff.audit.exported",
        TokenHandedOut = "link.amazon.token_handed_out",
        DatabaseRestored = "service.database.restored",
        ServiceKeyAdded = "service.key.added",
        ServiceKeyRevoked = "service.key.revoked",
        WebhookAdded = "service.webhook.added",
        WebhookRemoved = "service.webhook.removed",
        WebhookDisabled = "service.webhook.disabled",
        WebhooksReplayed = "service.webhook.replayed",
    }

    /// Who caused the event.
    pub enum Actor {
        Player = "player",
        Visitor = "visitor",
        Support = "support",
        Amazon = "amazon",
        System = "system",
        /// A game server, identified by its service key.
        Service = "service",
        /// A person with access to the command line of the machine.
        Operator = "operator",
    }
}

/// One event for the audit log.
#[derive(Clone, Debug)]
pub struct AuditEvent {
    pub at: DateTime<Utc>,
    pub kind: Kind,
    pub actor: Actor,
    pub player: Option<PlayerId>,
    pub session: Option<SessionId>,
    /// The staff member who caused the event.
    pub staff: Option<StaffId>,
    /// The reason in the words of the person who acted.
    ///
    /// Sealed under the player's key if the event has a player.
    pub reason: Option<String>,
    /// The reference of the request that caused the event (S133).
    pub reference: String,
    /// The client's network: its address, truncated.
    pub network: Option<String>,
    /// The client's browser and system, such as "Firefox · Linux". Stored only with a player, and sealed.
    pub browser: Option<String>,
    /// A JSON object of closed words and public ids.
    pub details: Value,
}

impl AuditEvent {
    /// An event at `at` with the required fields; builder methods add the others.
    pub fn new(at: DateTime<Utc>, kind: Kind, actor: Actor, reference: &str) -> Self {
        Self {
            at,
            kind,
            actor,
            player: None,
            session: None,
            staff: None,
            reason: None,
            reference: reference.to_owned(),
            network: None,
            browser: None,
            details: json!({}),
        }
    }

    /// An event of the command line, which has no request to refer to.
    pub fn of_operator(at: DateTime<Utc>, kind: Kind) -> Self {
        Self::new(at, kind, Actor::Operator, "command")
    }

    #[must_use]
    pub fn on(self, player: &PlayerId) -> Self {
        self.on_any(Some(player))
    }

    /// Sets the player, if there is one.
    #[must_use]
    pub fn on_any(mut self, player: Option<&PlayerId>) -> Self {
        if let Some(player) = player {
            self.player = Some(player.clone());
        }
        self
    }

    #[must_use]
    pub fn in_session(mut self, session: &SessionId) -> Self {
        self.session = Some(session.clone());
        self
    }

    /// Sets the staff member who caused the event.
    #[must_use]
    pub fn by(mut self, staff: &StaffId) -> Self {
        self.staff = Some(staff.clone());
        self
    }

    #[must_use]
    pub fn because(mut self, reason: &str) -> Self {
        self.reason = Some(reason.to_owned());
        self
    }

    #[must_use]
    pub fn from(mut self, network: &str) -> Self {
        self.network = Some(network.to_owned());
        self
    }

    /// Sets the client's browser, unless the name is empty.
    #[must_use]
    pub fn in_browser(mut self, browser: &str) -> Self {
        self.browser = (!browser.is_empty()).then(|| browser.to_owned());
        self
    }

    /// Sets the details, which must be a JSON object of closed words and public ids.
    #[must_use]
    pub fn with(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}
