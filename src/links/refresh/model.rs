//! Links under renewal, and what came of it.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::app::App;
use crate::links::{LinkState, StateCause, TokenSnapshot};
use crate::platform::db::new_id;
use crate::platform::ids::{LinkId, PlayerId};

/// An access token that works, with whose it is and what it is good for.
pub struct FreshToken {
    pub token: SecretString,
    pub expires_at: DateTime<Utc>,
    /// Names, separated by blanks.
    pub scopes: String,
    pub amazon_id: String,
    /// The client it was made for.
    pub client_id: String,
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenRefusal {
    /// There is none, or its player is disabled: then nothing of it leaves.
    NoLink,
    /// The player has to link again.
    NotActive { state: LinkState, since: DateTime<Utc> },
    /// Amazon cannot, somebody else is still asking, or the brake is on.
    TryLater { retry_after: Duration },
}

/// What a forced look at a link found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedLink {
    /// `None`: Amazon has withdrawn its consent, and the link is history.
    pub state: Option<LinkState>,
    /// False where there is nothing to ask Amazon with: the link cannot renew itself.
    pub was_asked: bool,
    pub at: DateTime<Utc>,
}

/// The right to renew, for so long. Kept on the link's row by the instant, here by the machine's own time.
#[derive(Clone)]
pub(super) struct RefreshLease {
    pub owner: String,
    pub until: DateTime<Utc>,
    pub ends: Instant,
}

impl RefreshLease {
    pub fn new(app: &App) -> Self {
        let (now, span) = (app.clock.now(), app.config.limits.refresh.lease);
        Self {
            owner: new_id(now),
            until: now + span,
            ends: Instant::now() + span.to_std().unwrap_or_default(),
        }
    }
}

/// A link that this lease, and no other, may renew.
#[derive(Clone)]
pub(super) struct LeasedLink {
    pub sent: TokenSnapshot,
    pub lease: RefreshLease,
    pub state: LinkState,
    pub cause: Option<StateCause>,
    pub client_id: String,
    pub scopes: String,
    pub refresh_sealed: Vec<u8>,
    /// Tries in a row that gave nothing.
    pub failures: i64,
    /// Since when the brake keeps it from ending.
    pub held_at: Option<DateTime<Utc>>,
}

/// A link as somebody who wants its token finds it.
pub(super) struct SeenLink {
    pub link: LinkId,
    pub player: PlayerId,
    pub player_is_disabled: bool,
    pub amazon_id: String,
    pub client_id: String,
    pub scopes: String,
    pub state: LinkState,
    pub since: DateTime<Utc>,
    pub token_version: i64,
    pub access_sealed: Option<Vec<u8>>,
    pub access_expires_at: Option<DateTime<Utc>>,
    pub is_renewable: bool,
    pub lease_until: Option<DateTime<Utc>>,
    /// Amazon is not asked on demand before this.
    pub retry_at: Option<DateTime<Utc>>,
    /// Tries in a row that gave nothing.
    pub failures: i64,
}

impl SeenLink {
    /// Whether the access token has more than `skew` left.
    pub fn lasts(&self, now: DateTime<Utc>, skew: TimeDelta) -> bool {
        self.access_expires_at.is_some_and(|at| at > now + skew)
    }

    /// How long nobody needs to try, after a try that gave nothing.
    pub fn retry_in(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.retry_at.and_then(|at| (at - now).to_std().ok()).filter(|wait| !wait.is_zero())
    }

    /// How long somebody else may renew it.
    pub fn leased_for(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.lease_until.and_then(|until| (until - now).to_std().ok()).filter(|wait| !wait.is_zero())
    }
}

/// New tokens, sealed for their link.
pub(super) struct RenewedTokens {
    pub access_sealed: Vec<u8>,
    /// Where none came, the one we have is the one to keep (contract, section 8).
    pub refresh_sealed: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
    pub scopes: Option<String>,
    /// Whether they lack a scope that the link had and we ask for.
    pub lacks_scope: bool,
    pub token: SecretString,
}

/// What came of one link's turn.
pub(super) enum RefreshOutcome {
    Renewed(RenewedTokens),
    /// Our copy of the refresh token does not open (S66).
    KeyLost,
    /// Amazon gave nothing we could use.
    NotNow(UpstreamSignal),
    /// Nobody asked Amazon, for as long as this.
    Unasked(SkipReason),
}

/// Why nobody asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SkipReason {
    /// The pass is over.
    Over,
    /// As many calls are under way as we allow.
    Busy,
    /// The circuit is open for so long (S86).
    CircuitOpen(Duration),
}

/// What Amazon let us hear, as far as the pace of asking depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpstreamSignal {
    /// A judgement on the token.
    Answer,
    /// Nothing that could be understood.
    Nothing {
        retry_after: Option<Duration>,
    },
    Throttled {
        retry_after: Option<Duration>,
    },
    /// Our client is not welcome; every link would hear the same.
    ClientRefused,
    /// Nothing: the circuit is open for so long.
    CircuitOpen(Duration),
}

/// A link with what came of it, to be written.
pub(super) struct RecordedRefresh {
    pub leased: LeasedLink,
    pub outcome: RefreshOutcome,
    pub at: DateTime<Utc>,
    /// Byte of chance that keeps links from coming back in step.
    pub chance: u8,
}
