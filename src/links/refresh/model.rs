//! Links under refresh, and the results.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{ExpressionMethods, NullableExpressionMethods, Queryable, Selectable};
use secrecy::SecretString;
use tokio::time::Instant;

use crate::links::{LinkState, StateCause, TokenSnapshot};
use crate::platform::db::schema::{amazon_links, players};
use crate::platform::ids::{LinkId, PlayerId};
use crate::platform::jobs::lease::time_left;

/// A valid access token, with its identity and its scopes.
pub struct FreshToken {
    pub token: SecretString,
    pub expires_at: DateTime<Utc>,
    /// Scope names, separated by blanks.
    pub scopes: String,
    pub amazon_id: String,
    /// The client that the token was issued to.
    pub client_id: String,
}

/// Why there is no token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccessTokenRefusal {
    /// There is no link, or its player is disabled.
    NoLink,
    /// The player has to link again.
    NotActive { state: LinkState, since: DateTime<Utc> },
    /// Amazon cannot answer, another request is still asking, or the mass-revocation guard is on.
    TryLater { retry_after: Duration },
}

/// The result of a check that a caller demanded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CheckedLink {
    /// `None` if Amazon has withdrawn its consent and the link is history.
    pub state: Option<LinkState>,
    /// False if the link has no refresh token, so that there was nothing to send to Amazon.
    pub was_asked: bool,
    pub at: DateTime<Utc>,
}

/// A link that only the owner of a lease may refresh, until the lease ends.
#[derive(Clone)]
pub(super) struct LeasedLink {
    pub row: LeasedRow,
    pub ends: Instant,
}

/// The columns of a leased link.
#[derive(Clone, Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct LeasedRow {
    #[diesel(embed)]
    pub snapshot: TokenSnapshot,
    pub state: LinkState,
    #[diesel(column_name = state_cause)]
    pub cause: Option<StateCause>,
    pub client_id: String,
    pub scopes: String,
    #[diesel(select_expression = amazon_links::refresh_token_sealed.assume_not_null())]
    pub refresh_sealed: Vec<u8>,
    /// Consecutive failed refreshes.
    pub failures: i64,
    /// The time since which the mass-revocation guard has kept the link from ending.
    pub held_at: Option<DateTime<Utc>>,
    /// The version of the tokens that somebody began to renew and did not finish.
    pub unsettled_version: Option<i64>,
}

impl LeasedRow {
    /// Whether Amazon may have replaced these tokens in an answer that was never stored.
    pub fn may_have_lost_an_answer(&self) -> bool {
        self.unsettled_version == Some(self.snapshot.token_version)
    }
}

/// A link as a request for its token reads it.
#[derive(Queryable, Selectable)]
#[diesel(table_name = amazon_links)]
pub(super) struct SeenLink {
    #[diesel(column_name = id)]
    pub link: LinkId,
    #[diesel(column_name = player_id)]
    pub player: PlayerId,
    #[diesel(select_expression = players::disabled_at.is_not_null())]
    pub player_is_disabled: bool,
    pub amazon_id: String,
    pub client_id: String,
    pub scopes: String,
    pub state: LinkState,
    #[diesel(column_name = state_since)]
    pub since: DateTime<Utc>,
    pub token_version: i64,
    #[diesel(column_name = access_token_sealed)]
    pub access_sealed: Option<Vec<u8>>,
    #[diesel(column_name = access_token_expires_at)]
    pub access_expires_at: Option<DateTime<Utc>>,
    /// When Amazon last gave a token or confirmed one.
    pub checked_at: DateTime<Utc>,
    #[diesel(select_expression = amazon_links::refresh_token_sealed.is_not_null())]
    pub is_renewable: bool,
    pub lease_until: Option<DateTime<Utc>>,
    /// Amazon is not called on demand before this time.
    pub retry_at: Option<DateTime<Utc>>,
    /// Consecutive failed refreshes.
    pub failures: i64,
}

impl SeenLink {
    /// Whether the access token is valid for longer than `skew`.
    pub fn is_valid_beyond(&self, now: DateTime<Utc>, skew: TimeDelta) -> bool {
        self.access_expires_at.is_some_and(|at| at > now + skew)
    }

    /// How early the access token is renewed: `skew`, but never in the first half of the token's life.
    ///
    /// A token that lives shorter than `skew` would otherwise be renewed by each request again.
    pub fn margin(&self, skew: TimeDelta) -> TimeDelta {
        let life = self.access_expires_at.map_or(TimeDelta::zero(), |at| at - self.checked_at);
        skew.min(life.max(TimeDelta::zero()) / 2)
    }

    /// The remaining wait after a failed refresh.
    pub fn retry_in(&self, now: DateTime<Utc>) -> Option<Duration> {
        self.retry_at.and_then(|at| (at - now).to_std().ok()).filter(|wait| !wait.is_zero())
    }

    /// The remaining time of another caller's lease, which has this length.
    pub fn leased_for(&self, now: DateTime<Utc>, length: TimeDelta) -> Option<Duration> {
        time_left(self.lease_until, now, length)
    }
}

/// New tokens, sealed for their link.
pub(super) struct RenewedTokens {
    pub access_sealed: Vec<u8>,
    /// `None` keeps the stored one (docs/protocols/login-with-amazon.md#refresh).
    pub refresh_sealed: Option<Vec<u8>>,
    pub expires_at: DateTime<Utc>,
    pub scopes: Option<String>,
    /// Whether the settings no longer ask for the postal code, or the customer no longer grants it.
    pub drops_postal_code: bool,
    /// Whether the tokens lack a requested scope that the link had.
    pub lacks_scope: bool,
    pub token: SecretString,
}

/// The result of refreshing one link.
pub(super) enum RefreshOutcome {
    Renewed(RenewedTokens),
    /// The stored refresh token does not open (S66).
    KeyLost,
    /// Amazon gave no usable answer.
    NotNow(UpstreamSignal),
    /// Amazon was not called.
    Skipped(SkipReason),
}

/// Why Amazon was not called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SkipReason {
    /// The batch is over.
    BatchOver,
    /// The limit of concurrent calls is reached.
    Busy,
    /// The circuit breaker is open for this long (S86).
    CircuitOpen(Duration),
}

/// The part of Amazon's answer that the pace of further calls depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum UpstreamSignal {
    /// An answer about the token.
    Answer,
    /// No answer, or one that could not be understood.
    Nothing {
        retry_after: Option<Duration>,
    },
    Throttled {
        retry_after: Option<Duration>,
    },
    /// Amazon refuses the portal's client; every link would get the same answer.
    ClientRefused,
    /// No call was made, because the circuit breaker is open for this long.
    CircuitOpen(Duration),
}

/// A link with its result, to be written.
pub(super) struct RecordedRefresh {
    pub leased: LeasedLink,
    pub outcome: RefreshOutcome,
    pub at: DateTime<Utc>,
    /// A random byte that spreads the next checks of links.
    pub jitter: u8,
}
