//! One link's turn: open its refresh token, ask Amazon, seal what came back.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;

use crate::app::App;
use crate::links::refresh::model::{LeasedLink, RefreshOutcome, RenewedTokens, SkipReason, UpstreamSignal};
use crate::links::{LinkState, StateCause, place_of_access_token, place_of_refresh_token};
use crate::lwa::{self, LwaErrorClass, LwaTokens, missing_scopes};
use crate::platform::clock::Clock;
use crate::platform::crypto::vault::Vault;
use crate::platform::fault::Fault;

/// What a turn needs of the portal, for tasks that outlive the request that began them.
#[derive(Clone)]
pub(super) struct RefreshContext {
    lwa: lwa::LwaClient,
    vault: Arc<Vault>,
    pub clock: Clock,
}

impl RefreshContext {
    pub fn of(app: &App) -> Self {
        Self { lwa: app.lwa.clone(), vault: Arc::clone(&app.vault), clock: app.clock.clone() }
    }
}

/// How a turn ended.
pub(super) enum RefreshTurn {
    /// To be written as it is.
    Came(RefreshOutcome),
    /// Amazon said the one thing that ends a link (S67). Holds Amazon's id of the request.
    Revoked(Option<String>),
}

/// Asks Amazon, at most once. What is wrong with our client or our keys is told to the operator here.
pub(super) async fn renew(hands: &RefreshContext, leased: &LeasedLink) -> RefreshTurn {
    let sent = &leased.sent;
    let place = place_of_refresh_token(&sent.link, &sent.player, &sent.amazon_id);
    let token = match hands.vault.open(&place, &leased.refresh_sealed) {
        Ok(token) => token,
        Err(error) => {
            // Told once: what has not opened before is looked at again each time, in case its key comes back.
            if leased.state == LinkState::Active {
                tracing::error!(alert = "refresh_token_will_not_open", link.id = %sent.link, fault = %error, "a stored token does not open");
            }
            return RefreshTurn::Came(RefreshOutcome::KeyLost);
        }
    };
    let Some(registration) = hands.lwa.registration(&leased.client_id) else {
        tracing::error!(alert = "refresh_client_unknown", link.id = %sent.link, "a link belongs to a client that is none of ours");
        return RefreshTurn::Came(RefreshOutcome::NotNow(UpstreamSignal::ClientRefused));
    };
    // From before the call on, so that the answer's way here counts against the token (S88).
    let asked_at = hands.clock.now();
    match hands.lwa.refresh(&token, registration).await {
        Ok(tokens) => match seal(hands, leased, tokens, asked_at) {
            Ok(renewed) => RefreshTurn::Came(RefreshOutcome::Renewed(renewed)),
            Err(fault) => {
                tracing::error!(alert = "refresh_not_stored", link.id = %sent.link, fault = %fault, "new tokens could not be sealed");
                RefreshTurn::Came(RefreshOutcome::NotNow(UpstreamSignal::Nothing { retry_after: None }))
            }
        },
        Err(error) => refused(leased, &error),
    }
}

fn refused(leased: &LeasedLink, error: &lwa::LwaError) -> RefreshTurn {
    let (link, class, request_id) = (&leased.sent.link, error.class(), error.request_id());
    let heard = match error.kind() {
        lwa::LwaErrorKind::InvalidGrant => return RefreshTurn::Revoked(request_id.map(str::to_owned)),
        lwa::LwaErrorKind::Busy => return RefreshTurn::Came(RefreshOutcome::Unasked(SkipReason::Busy)),
        lwa::LwaErrorKind::Unavailable { retry_after } if class == LwaErrorClass::CircuitOpen => {
            return RefreshTurn::Came(RefreshOutcome::Unasked(SkipReason::CircuitOpen(
                retry_after.unwrap_or_default(),
            )));
        }
        lwa::LwaErrorKind::Misconfigured => {
            tracing::error!(alert = "amazon_refuses_our_client", link.id = %link, lwa.error = class.word(), lwa.request_id = request_id, "Amazon refuses our client");
            UpstreamSignal::ClientRefused
        }
        lwa::LwaErrorKind::Unavailable { retry_after } if class == LwaErrorClass::Throttled => {
            UpstreamSignal::Throttled { retry_after }
        }
        lwa::LwaErrorKind::Unavailable { retry_after } => UpstreamSignal::Nothing { retry_after },
        lwa::LwaErrorKind::NotAuthentic
        | lwa::LwaErrorKind::Contradiction
        | lwa::LwaErrorKind::ScopeMissing => UpstreamSignal::Nothing { retry_after: None },
    };
    tracing::warn!(link.id = %link, lwa.error = class.word(), lwa.request_id = request_id, "a link could not be renewed");
    RefreshTurn::Came(RefreshOutcome::NotNow(heard))
}

fn seal(
    hands: &RefreshContext,
    leased: &LeasedLink,
    tokens: LwaTokens,
    asked_at: DateTime<Utc>,
) -> Result<RenewedTokens, Fault> {
    let sent = &leased.sent;
    let seal_access = |token: &SecretString| {
        hands.vault.seal(&place_of_access_token(&sent.link, &sent.player, &sent.amazon_id), token)
    };
    let seal_refresh = |token: &SecretString| {
        hands.vault.seal(&place_of_refresh_token(&sent.link, &sent.player, &sent.amazon_id), token)
    };
    let lacks_scope = match &tokens.scope {
        Some(granted) => lacks_scope(hands.lwa.scopes(), &leased.scopes, granted),
        // As before (RFC 6749 §5.1).
        None => leased.cause == Some(StateCause::ScopeMissing),
    };
    let lasts = TimeDelta::from_std(tokens.expires_in).unwrap_or_default();
    Ok(RenewedTokens {
        access_sealed: seal_access(&tokens.access)?,
        refresh_sealed: tokens.refresh.as_ref().map(seal_refresh).transpose()?,
        expires_at: asked_at + lasts,
        lacks_scope,
        // What the link lacks must not be forgotten.
        scopes: tokens.scope.filter(|_| !lacks_scope),
        token: tokens.access,
    })
}

/// Whether a scope is gone that the link had and every trip asks for. A scope that we began to ask for after
/// the player had linked is not one that Amazon took away.
fn lacks_scope(asked: &[String], had: &str, granted: &str) -> bool {
    let before = missing_scopes(asked, Some(had));
    missing_scopes(asked, Some(granted)).iter().any(|scope| !before.contains(scope))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scope_is_lacking_only_if_it_was_there_and_is_asked_for() {
        let asked = ["games::prime".to_owned(), "profile".to_owned()];
        for (had, granted, lacks) in [
            ("games::prime profile", "profile games::prime", false),
            ("games::prime profile", "profile", true),
            ("games::prime profile", "", true),
            ("profile", "profile", false),
            ("profile postal_code", "profile", false),
        ] {
            assert_eq!(lacks_scope(&asked, had, granted), lacks, "{had} {granted}");
        }
    }
}
