//! Finds players for game servers, and issues access tokens.

use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;
use serde_json::json;

use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::LinkState;
use crate::links::refresh::{self, AccessTokenRefusal, FreshToken};
use crate::platform::fault::{Fault, Stop};
use crate::platform::ids::PlayerId;
use crate::platform::metrics::ApiToken;
use crate::service_api::TokenIssueLog;
use crate::service_api::model::ServiceKeyHolder;
use crate::service_api::responses::{AccessToken, scopes};
use crate::service_api::store::{self, FoundPlayer};

/// The player with this id. A disabled player is not found, because a game must not act on one.
pub(super) async fn find_player(app: &App, id: PlayerId) -> Result<Option<FoundPlayer>, Fault> {
    app.db.read(move |conn| store::player(conn, &id)).await
}

/// The player who has this Amazon identity linked, unless disabled.
pub(super) async fn player_of_identity(app: &App, amazon_id: String) -> Result<Option<FoundPlayer>, Fault> {
    app.db
        .read(move |conn| match store::player_of_identity(conn, &amazon_id)? {
            Some(player) => store::player(conn, &player),
            None => Ok(None),
        })
        .await
}

/// Why no token is issued.
pub(super) enum LookupRefusal {
    Unknown,
    NoLink,
    NotActive { state: LinkState, since: DateTime<Utc> },
    TryLater { seconds: i64 },
}

/// Issues a token of the player's link. An audit record that is due is written before the token leaves.
pub(super) async fn issue_token(
    app: &App,
    issue_log: &TokenIssueLog,
    holder: &ServiceKeyHolder,
    id: PlayerId,
    reference: &str,
) -> Result<AccessToken, Stop<LookupRefusal>> {
    // A disabled player's tokens must not leave, so the player is read first.
    let found = find_player(app, id.clone()).await?.ok_or(Stop::Refused(LookupRefusal::Unknown))?;
    let fresh = match refresh::fresh_token(app, &found.id).await {
        Ok(fresh) => fresh,
        Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        Err(Stop::Refused(refused)) => {
            let refused = refusal_of(&refused);
            app.metrics.api_tokens.add(refused.label());
            return Err(Stop::Refused(refused));
        }
    };
    let now = app.clock.now();
    if issue_log.is_due(&holder.key, &id, now) {
        let event = AuditEvent::new(now, Kind::TokenHandedOut, Actor::Service, reference)
            .on(&id)
            .with(json!({ "key": holder.key }));
        audit::write_event(&app.db, event).await?;
        issue_log.note_record(holder.key.clone(), id, now);
    }
    app.metrics.api_tokens.add(ApiToken::Given);
    Ok(token_response(&fresh, now))
}

impl LookupRefusal {
    /// The label in the metrics.
    fn label(&self) -> ApiToken {
        match self {
            Self::Unknown => ApiToken::Unknown,
            Self::NoLink => ApiToken::NoLink,
            Self::NotActive { .. } => ApiToken::NotActive,
            Self::TryLater { .. } => ApiToken::TryLater,
        }
    }
}

fn refusal_of(refused: &AccessTokenRefusal) -> LookupRefusal {
    match refused {
        AccessTokenRefusal::NoLink => LookupRefusal::NoLink,
        AccessTokenRefusal::NotActive { state, since } => {
            LookupRefusal::NotActive { state: *state, since: *since }
        }
        AccessTokenRefusal::TryLater { retry_after } => {
            LookupRefusal::TryLater { seconds: i64::try_from(retry_after.as_secs()).unwrap_or(i64::MAX) }
        }
    }
}

fn token_response(fresh: &FreshToken, now: DateTime<Utc>) -> AccessToken {
    AccessToken {
        access_token: fresh.token.expose_secret().to_owned(),
        token_type: "bearer",
        expires_in: (fresh.expires_at - now).num_seconds().max(1),
        scopes: scopes(&fresh.scopes),
        amazon_id: fresh.amazon_id.clone(),
        client_id: fresh.client_id.clone(),
    }
}
