//! Fresh tokens for game servers.
//!
//! A stand-in for the refresher: it serves a stored token that still holds, and renews nothing.

mod store;

use std::time::Duration;

use chrono::{DateTime, Utc};
use secrecy::SecretString;

use crate::amazon_link::place_of_access_token;
use crate::app::App;
use crate::platform::fault::Stop;
use crate::words::{LinkState, PlayerId};

/// A token that holds a while yet.
pub struct FreshToken {
    pub token: SecretString,
    pub expires_at: DateTime<Utc>,
    pub scopes: String,
    pub amazon_id: String,
    pub client_id: String,
}

/// Why there is none.
#[derive(Debug)]
pub enum TokenRefused {
    NoLink,
    NotActive { state: LinkState, since: DateTime<Utc> },
    TryLater { retry_after: Duration },
}

/// A token of the player's link that holds for the configured skew at least.
pub async fn fresh_token(app: &App, player: &PlayerId) -> Result<FreshToken, Stop<TokenRefused>> {
    let of = player.clone();
    let link = app.db.read(move |conn| store::find(conn, &of)).await?;
    let link = link.ok_or(Stop::Refused(TokenRefused::NoLink))?;
    if link.state != LinkState::Active {
        return Err(Stop::Refused(TokenRefused::NotActive { state: link.state, since: link.since }));
    }
    let later = || Stop::Refused(TokenRefused::TryLater { retry_after: Duration::from_secs(30) });
    let holds_until = app.clock.now() + app.config.limits.refresh.skew;
    let (sealed, expires_at) =
        link.access.filter(|(_, expires_at)| *expires_at > holds_until).ok_or_else(later)?;
    let place = place_of_access_token(&link.id, player, &link.amazon_id);
    let token = app.vault.open(&place, &sealed).map_err(|error| {
        tracing::error!(link.id = %link.id, error = %error, "a link's token will not open");
        Stop::Refused(TokenRefused::NotActive { state: LinkState::NeedsReconnect, since: link.since })
    })?;
    Ok(FreshToken {
        token,
        expires_at,
        scopes: link.scopes,
        amazon_id: link.amazon_id,
        client_id: link.client_id,
    })
}
