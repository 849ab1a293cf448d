//! Connects a game's session by a presented token.

use secrecy::SecretString;
use serde_json::json;

use crate::accounts::players::{self, PlayerCredentials};
use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::change::link::email_key;
use crate::links::model::{ExchangedIdentity, LinkingFacts};
use crate::links::presented_token::apply::{ConnectWrite, ConnectWriteError};
use crate::links::presented_token::model::{
    ConnectOptions, ConnectRefusal, ConnectStep, Connected, GameCallContext, decide_connect,
};
use crate::links::presented_token::verify::verify_token;
use crate::links::store;
use crate::platform::fault::{Fault, Stop};
use crate::platform::metrics::PresentedTokenResult;
use crate::sessions::game::NewGameSession;

/// How often a write is tried that conflicts with another one.
///
/// Each conflict means that another request wrote this identity or this player meanwhile. A few repeats therefore
/// suffice.
const TRIES: u32 = 5;

/// Signs in the token's player, by the table in docs/protocols/gamesparks.md#amazonconnectrequest.
///
/// The step is decided and prepared from a read. The transaction decides again under the lock on the player's row,
/// and writes only the same step. After a conflict or a unique violation everything runs again.
pub async fn connect_identity(
    app: &App,
    call: &GameCallContext,
    token: &SecretString,
    options: &ConnectOptions,
    new_session: &NewGameSession,
) -> Result<Connected, Stop<ConnectRefusal>> {
    let done = connect_with_retries(app, call, token, options, new_session).await;
    if let Some(outcome) = outcome(&done) {
        app.metrics.presented_tokens.add(outcome);
    }
    done
}

/// The label in metrics. `None` for a fault, which is counted where the request ends.
fn outcome(done: &Result<Connected, Stop<ConnectRefusal>>) -> Option<PresentedTokenResult> {
    Some(match done {
        Ok(connected) if connected.is_new => PresentedTokenResult::NewPlayer,
        Ok(_) => PresentedTokenResult::SignedIn,
        Err(Stop::Refused(ConnectRefusal::NotAuthenticated)) => PresentedTokenResult::NotAuthenticated,
        Err(Stop::Refused(ConnectRefusal::TryAgain)) => PresentedTokenResult::TryAgain,
        Err(Stop::Refused(_)) => PresentedTokenResult::Refused,
        Err(Stop::Fault(_)) => return None,
    })
}

async fn connect_with_retries(
    app: &App,
    call: &GameCallContext,
    token: &SecretString,
    options: &ConnectOptions,
    new_session: &NewGameSession,
) -> Result<Connected, Stop<ConnectRefusal>> {
    let identity = verify_token(app, call, token).await?;
    for _ in 0..TRIES {
        let (facts, current) = read_facts(app, call, &identity).await?;
        let step = decide_connect(options.flags, call.player().is_some(), &facts);
        if let ConnectStep::Refuse(refused) = step {
            return Err(record_refusal(app, call, refused).await?);
        }
        let writing = ConnectWrite::prepare(app, call, &identity, options, step, current, new_session)?;
        match app.db.write_or_refuse(move |conn| writing.write(conn)).await {
            Ok(connected) => return Ok(connected),
            Err(Stop::Refused(ConnectWriteError::Race)) => {
                tracing::debug!(event = "links.presented_token.retried", "a lost race is tried again");
            }
            Err(Stop::Refused(ConnectWriteError::Refused(refused))) => {
                return Err(record_refusal(app, call, refused).await?);
            }
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    Err(Stop::Refused(ConnectRefusal::TryAgain))
}

async fn read_facts(
    app: &App,
    call: &GameCallContext,
    identity: &ExchangedIdentity,
) -> Result<(LinkingFacts, Option<PlayerCredentials>), Fault> {
    let (amazon_id, email, player) =
        (identity.amazon_id.clone(), email_key(identity), call.player().cloned());
    app.db
        .read(move |conn| {
            let facts = store::read_facts(conn, &amazon_id, email.as_deref(), player.as_ref())?;
            let current = match &player {
                Some(player) => players::store::credentials_by_id(conn, player)?,
                None => None,
            };
            Ok((facts, current))
        })
        .await
}

/// Records the refusal of a proven identity. The refusal of a bad token belongs to no player's history.
async fn record_refusal(
    app: &App,
    call: &GameCallContext,
    refused: ConnectRefusal,
) -> Result<Stop<ConnectRefusal>, Fault> {
    let code = match &refused {
        ConnectRefusal::AlreadyLinked => "player_has_another",
        ConnectRefusal::WouldSwitch(_) => "identity_taken",
        ConnectRefusal::Disabled => "account_disabled",
        ConnectRefusal::Closing => "account_closing",
        ConnectRefusal::NotFresh => "reauthentication_required",
        ConnectRefusal::MayNotCreate
        | ConnectRefusal::NotAuthenticated
        | ConnectRefusal::SessionEnded
        | ConnectRefusal::TryAgain => return Ok(Stop::Refused(refused)),
    };
    let event = connect_event(call, Kind::LinkRefused)
        .on_any(call.player())
        .with(json!({ "code": code, "door": "game" }));
    audit::write_event(&app.db, event).await?;
    Ok(Stop::Refused(refused))
}

/// An audit record of this request.
pub(super) fn connect_event(call: &GameCallContext, kind: Kind) -> AuditEvent {
    let actor = if call.player().is_some() { Actor::Player } else { Actor::Visitor };
    call.audit_event(kind, actor).with(json!({ "door": "game" }))
}
