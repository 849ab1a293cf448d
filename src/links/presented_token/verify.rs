//! From a presented token to a proven identity, or to one of two refusals.

use chrono::TimeDelta;
use secrecy::{ExposeSecret, SecretString};

use crate::app::App;
use crate::links::model::ExchangedIdentity;
use crate::links::presented_token::model::{ConnectRefusal, GameCallContext};
use crate::lwa::{LwaError, LwaErrorKind, TokenProvenance};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::fault::Stop;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// How often one token may be presented within an hour, its whole life.
///
/// Games reconnect, but a leaked token must not use up the portal's calls to Amazon (S84).
const PER_TOKEN: u32 = 60;
/// How often one identity may be presented within an hour, with any token.
const PER_IDENTITY: u32 = 240;
/// Tokens from one network within an hour. A tournament stays below; a loop does not.
const PER_NETWORK: u32 = 3_000;

/// The scope that a token has proven by opening the profile. Amazon does not say which scopes a token has.
const SEEN_SCOPE: &str = "profile";

/// Verifies the token at Amazon: `tokeninfo`, audience, profile, one and the same customer (S50, S73).
///
/// The calls end within 8 seconds (S85) and use no database connection.
pub(super) async fn verify_token(
    app: &App,
    call: &GameCallContext,
    token: &SecretString,
) -> Result<ExchangedIdentity, Stop<ConnectRefusal>> {
    let lookup = &app.keys.lookup;
    let of_token = lookup.hash(LookupPurpose::AccessToken, token.expose_secret());
    let of_network = lookup.hash(LookupPurpose::Network, &call.network);
    let before = vec![
        hourly_budget(Limit::PresentedTokens, format!("handed over token {of_token}"), PER_TOKEN),
        hourly_budget(Limit::PresentedOfNetwork, format!("handed over network {of_network}"), PER_NETWORK),
    ];
    take_budget(app, call, before).await?;
    // The players of a game server share its network.
    let checked = if call.is_game_server {
        app.lwa.identify(token, TokenProvenance::Presented).await
    } else {
        app.lwa.identify_presented(token, &of_network).await
    };
    let identity = checked.map_err(|error| Stop::Refused(refusal_of(&error)))?;
    let of_identity = lookup.hash(LookupPurpose::FormerIdentity, &identity.user_id);
    take_budget(
        app,
        call,
        vec![hourly_budget(
            Limit::PresentedIdentities,
            format!("handed over identity {of_identity}"),
            PER_IDENTITY,
        )],
    )
    .await?;
    let lives = TimeDelta::try_seconds(identity.seconds_left.min(24 * 60 * 60)).unwrap_or_default();
    Ok(ExchangedIdentity {
        amazon_id: identity.user_id,
        name: identity.name,
        email: identity.email,
        postal_code: identity.postal_code,
        client_id: identity.client_id,
        scopes: SEEN_SCOPE.to_owned(),
        access: token.clone(),
        refresh: None,
        access_expires_at: call.at + lives,
    })
}

async fn take_budget(
    app: &App,
    call: &GameCallContext,
    budgets: Vec<RateBudget>,
) -> Result<(), Stop<ConnectRefusal>> {
    match app.throttle.take(budgets, call.at).await? {
        RateVerdict::Allowed => Ok(()),
        RateVerdict::Refused { .. } => {
            tracing::warn!(event = "links.presented_token.rate_limited", "a token was presented too often");
            Err(Stop::Refused(ConnectRefusal::TryAgain))
        }
    }
}

fn hourly_budget(limit: Limit, id: String, free: u32) -> RateBudget {
    RateBudget { limit, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}

/// One refusal for any bad token, another for a temporary failure (S76). The log says which it was.
fn refusal_of(error: &LwaError) -> ConnectRefusal {
    error.log("presented_token.identify");
    match error.kind() {
        LwaErrorKind::NotAuthentic
        | LwaErrorKind::ScopeMissing
        | LwaErrorKind::InvalidGrant
        | LwaErrorKind::Contradiction => ConnectRefusal::NotAuthenticated,
        LwaErrorKind::Unavailable { .. } | LwaErrorKind::Busy | LwaErrorKind::Misconfigured => {
            ConnectRefusal::TryAgain
        }
    }
}
