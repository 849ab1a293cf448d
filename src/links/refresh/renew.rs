//! Refreshes one link: opens its refresh token, calls Amazon and seals the new tokens.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use secrecy::SecretString;
use tracing::Instrument;

use crate::app::App;
use crate::links::refresh::model::{LeasedLink, RefreshOutcome, RenewedTokens, SkipReason, UpstreamSignal};
use crate::links::{LinkState, StateCause, place_of_access_token, place_of_refresh_token};
use crate::lwa::{
    LwaClient, LwaError, LwaErrorClass, LwaErrorKind, LwaTokens, POSTAL_CODE, missing_scopes, names_scope,
};
use crate::platform::clock::Clock;
use crate::platform::crypto::vault::Vault;
use crate::platform::fault::Fault;
use crate::platform::ids::{LinkId, PlayerId};

/// The parts of [`App`] that a refresh needs, for tasks that outlive their request.
#[derive(Clone)]
pub(super) struct RefreshContext {
    pub lwa: LwaClient,
    pub vault: Arc<Vault>,
    pub clock: Clock,
}

impl RefreshContext {
    pub fn of(app: &App) -> Self {
        Self { lwa: app.lwa.clone(), vault: Arc::clone(&app.vault), clock: app.clock.clone() }
    }
}

/// The result of a refresh.
pub(super) enum RefreshTurn {
    /// A result to be written as it is.
    Outcome(RefreshOutcome),
    /// Amazon gave the one answer that ends a link (S67). The value is Amazon's id of the request.
    Revoked(Option<String>),
}

/// Calls Amazon at most once. Logs an error where the portal's client or keys are wrong.
pub(super) async fn renew_tokens(context: &RefreshContext, leased: &LeasedLink) -> RefreshTurn {
    let span = tracing::error_span!("refresh", link.id = %leased.row.snapshot.link);
    ask_amazon(context, leased).instrument(span).await
}

async fn ask_amazon(context: &RefreshContext, leased: &LeasedLink) -> RefreshTurn {
    let snapshot = &leased.row.snapshot;
    let place = place_of_refresh_token(&snapshot.link, &snapshot.player, &snapshot.amazon_id);
    let token = match context.vault.open(&place, &leased.row.refresh_sealed) {
        Ok(token) => token,
        Err(fault) => {
            // Logged once only: every check tries to open the token again, in case its key returns.
            if leased.row.state == LinkState::Active {
                tracing::error!(
                    event = "links.refresh.refresh_token_unreadable",
                    alert = "refresh_token_will_not_open",
                    %fault,
                    "opening a stored refresh token failed"
                );
            }
            return RefreshTurn::Outcome(RefreshOutcome::KeyLost);
        }
    };
    let Some(registration) = context.lwa.registration(&leased.row.client_id) else {
        tracing::error!(
            event = "links.refresh.client_unknown",
            alert = "refresh_client_unknown",
            "a link belongs to a client that is not in the settings"
        );
        return RefreshTurn::Outcome(RefreshOutcome::NotNow(UpstreamSignal::ClientRefused));
    };
    // The time before the call, so that the duration of the call shortens the token's life (S88).
    let asked_at = context.clock.now();
    match context.lwa.refresh(&token, registration).await {
        Ok(tokens) => match seal_tokens(context, leased, tokens, asked_at) {
            Ok(renewed) => RefreshTurn::Outcome(RefreshOutcome::Renewed(renewed)),
            Err(fault) => {
                tracing::error!(
                    event = "links.refresh.tokens_not_sealed",
                    alert = "refresh_not_stored",
                    %fault,
                    "sealing refreshed tokens failed"
                );
                RefreshTurn::Outcome(RefreshOutcome::NotNow(UpstreamSignal::Nothing { retry_after: None }))
            }
        },
        Err(error) => classify_refusal("refresh", &error),
    }
}

/// Opens a stored access token. `None`, with an alert, if it does not open.
pub(super) fn open_access_token(
    vault: &Vault,
    (link, player, amazon_id): (&LinkId, &PlayerId, &str),
    sealed: &[u8],
) -> Option<SecretString> {
    match vault.open(&place_of_access_token(link, player, amazon_id), sealed) {
        Ok(token) => Some(token),
        Err(fault) => {
            tracing::error!(
                event = "links.refresh.access_token_unreadable",
                alert = "access_token_will_not_open",
                link.id = %link,
                %fault,
                "opening a stored access token failed"
            );
            None
        }
    }
}

/// What a failed call of this operation means for the link and for the pace of further calls.
pub(super) fn classify_refusal(operation: &'static str, error: &LwaError) -> RefreshTurn {
    let class = error.class();
    let signal = match error.kind() {
        LwaErrorKind::InvalidGrant => return RefreshTurn::Revoked(error.request_id().map(str::to_owned)),
        LwaErrorKind::Busy => return RefreshTurn::Outcome(RefreshOutcome::Skipped(SkipReason::Busy)),
        LwaErrorKind::Unavailable { retry_after } if class == LwaErrorClass::CircuitOpen => {
            return RefreshTurn::Outcome(RefreshOutcome::Skipped(SkipReason::CircuitOpen(
                retry_after.unwrap_or_default(),
            )));
        }
        LwaErrorKind::Misconfigured => UpstreamSignal::ClientRefused,
        LwaErrorKind::Unavailable { retry_after } if class == LwaErrorClass::Throttled => {
            UpstreamSignal::Throttled { retry_after }
        }
        LwaErrorKind::Unavailable { retry_after } => UpstreamSignal::Nothing { retry_after },
        LwaErrorKind::NotAuthentic | LwaErrorKind::Contradiction | LwaErrorKind::ScopeMissing => {
            UpstreamSignal::Nothing { retry_after: None }
        }
    };
    error.log(operation);
    RefreshTurn::Outcome(RefreshOutcome::NotNow(signal))
}

fn seal_tokens(
    context: &RefreshContext,
    leased: &LeasedLink,
    tokens: LwaTokens,
    asked_at: DateTime<Utc>,
) -> Result<RenewedTokens, Fault> {
    let snapshot = &leased.row.snapshot;
    let seal_access = |token: &SecretString| {
        context
            .vault
            .seal(&place_of_access_token(&snapshot.link, &snapshot.player, &snapshot.amazon_id), token)
    };
    let seal_refresh = |token: &SecretString| {
        context
            .vault
            .seal(&place_of_refresh_token(&snapshot.link, &snapshot.player, &snapshot.amazon_id), token)
    };
    let lacks_scope = match &tokens.scope {
        Some(granted) => lacks_scope(context.lwa.essential_scopes(), &leased.row.scopes, granted),
        // An omitted scope means that it has not changed (RFC 6749 §5.1).
        None => leased.row.cause == Some(StateCause::ScopeMissing),
    };
    let grants_postal_code = tokens.scope.as_deref().is_none_or(|granted| names_scope(granted, POSTAL_CODE));
    let lasts = TimeDelta::from_std(tokens.expires_in).unwrap_or_default();
    Ok(RenewedTokens {
        access_sealed: seal_access(&tokens.access)?,
        refresh_sealed: tokens.refresh.as_ref().map(seal_refresh).transpose()?,
        expires_at: asked_at + lasts,
        drops_postal_code: !(context.lwa.asks_postal_code() && grants_postal_code),
        lacks_scope,
        // A link that lacks a scope keeps its old scopes, so that the loss stays visible.
        scopes: tokens.scope.filter(|_| !lacks_scope),
        token: tokens.access,
    })
}

/// Whether the answer lacks a requested scope that the link had.
///
/// A scope that was added to the settings after the linking was not taken away by Amazon.
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
