//! Polls Amazon once for one device flow and writes the answer under the lease.

use chrono::{DateTime, TimeDelta, Utc};

use crate::accounts::players;
use crate::app::App;
use crate::links::device_flow::link::DeviceFlowTokens;
use crate::links::device_flow::model::{
    AskedBy, ClaimedDeviceFlow, Outcome, SealedDeviceFlow, SealedDeviceFlowTokens,
};
use crate::links::device_flow::store;
use crate::links::{
    self, DeviceFlowLinkRefusal, DeviceFlowLinkWrite, DeviceFlowLinked, DeviceFlowRequest, GameCallContext,
    IdentityNotProven,
};
use crate::lwa::{DeviceTokenAnswer, LwaError, LwaErrorKind};
use crate::platform::fault::{Fault, Stop};

/// The growth of the polling interval after `slow_down` (RFC 8628 §3.5).
const SLOWER: TimeDelta = TimeDelta::seconds(5);
/// For how long, and how often, Amazon is called about issued tokens. The spent pair cannot be polled again.
const PROVE_WITHIN: TimeDelta = TimeDelta::minutes(10);
const PROVE_EVERY: TimeDelta = TimeDelta::seconds(5);
/// The least time for the confirmation, also where the code was typed in its last minutes.
const CONFIRM_WITHIN: TimeDelta = TimeDelta::minutes(2);
/// How often a write is tried that conflicts with another one.
const TRIES: u32 = 5;

/// Polls once. Returns the outcome, if the device flow ended.
pub(super) async fn poll_device_flow(app: &App, flow: &ClaimedDeviceFlow) -> Result<Option<Outcome>, Fault> {
    let asked_at = app.clock.now();
    if asked_at >= flow.expires_at {
        return finish_device_flow(app, flow, Outcome::Expired).await;
    }
    let secrets = match SealedDeviceFlow::open(&app.vault, flow) {
        Ok(secrets) => secrets,
        Err(fault) => {
            log_unreadable(&fault);
            return finish_device_flow(app, flow, Outcome::Failed).await;
        }
    };
    if secrets.identity.is_some() {
        let left = flow.expires_at - asked_at;
        return postpone_poll(app, flow, left, flow.interval()).await;
    }
    if secrets.tokens.is_some() {
        return link_by_grant(app, flow, secrets, flow.expires_at).await;
    }
    match app.lwa.poll_code_pair(&secrets.device_code.as_str().into(), &secrets.user_code).await {
        Ok(DeviceTokenAnswer::Pending) => postpone_poll(app, flow, flow.interval(), flow.interval()).await,
        Ok(DeviceTokenAnswer::SlowDown) => {
            let slower = flow.interval() + SLOWER;
            postpone_poll(app, flow, slower, slower).await
        }
        Ok(DeviceTokenAnswer::Denied) => finish_device_flow(app, flow, Outcome::Denied).await,
        Ok(DeviceTokenAnswer::Expired) => finish_device_flow(app, flow, Outcome::Expired).await,
        Ok(DeviceTokenAnswer::Tokens(tokens)) => {
            let until = asked_at + PROVE_WITHIN;
            let tokens = SealedDeviceFlowTokens::of(&tokens, asked_at);
            let secrets = SealedDeviceFlow { tokens: Some(tokens), ..secrets };
            let sealed = secrets.seal(&app.vault, &flow.id, &flow.player)?;
            let row = flow.clone();
            // The tokens are stored first, so that the next poll continues with them after a crash.
            let is_ours =
                app.db.write(move |conn| Ok(store::store_tokens(conn, &row, &sealed, until)?)).await?;
            if is_ours { link_by_grant(app, flow, secrets, until).await } else { Ok(None) }
        }
        Err(error) => handle_poll_error(app, flow, &error).await,
    }
}

/// A sealed value that does not open ends its flow only (S66). The player requests a new code.
pub(super) fn log_unreadable(fault: &Fault) {
    tracing::error!(event = "links.device_flow.unreadable", %fault, "opening a device code failed");
}

async fn handle_poll_error(
    app: &App,
    flow: &ClaimedDeviceFlow,
    error: &LwaError,
) -> Result<Option<Outcome>, Fault> {
    error.log("device_flow.poll");
    let wait = match error.kind() {
        LwaErrorKind::Misconfigured => return finish_device_flow(app, flow, Outcome::Failed).await,
        LwaErrorKind::Unavailable { retry_after } => retry_after,
        _ => None,
    };
    let wait = wait.and_then(|wait| TimeDelta::from_std(wait).ok()).unwrap_or_default();
    postpone_poll(app, flow, flow.interval().max(wait), flow.interval()).await
}

/// Verifies the tokens at Amazon. Writes the result, or lets it wait for the confirmation of the game that asked.
async fn link_by_grant(
    app: &App,
    flow: &ClaimedDeviceFlow,
    mut secrets: SealedDeviceFlow,
    until: DateTime<Utc>,
) -> Result<Option<Outcome>, Fault> {
    let Some(tokens) = secrets.tokens.take() else { return Ok(None) };
    let allowed = match links::verify_grant(app, tokens.grant()).await {
        Ok(allowed) => allowed,
        Err(IdentityNotProven::Never) => return finish_device_flow(app, flow, Outcome::Failed).await,
        Err(IdentityNotProven::Later) => {
            let longer = ClaimedDeviceFlow { expires_at: until, ..flow.clone() };
            return postpone_poll(app, &longer, PROVE_EVERY, flow.interval()).await;
        }
    };
    let confirmation = match flow.asked_by {
        // Amazon's page does not say for whom the code is, so the game shows both names before anything is linked.
        AskedBy::Game => Confirmation::Needed(Box::new(secrets)),
        AskedBy::Service => Confirmation::Given,
    };
    write_outcome(app, flow, &allowed, confirmation).await
}

/// Whether the game that asked has said that both names are right.
pub(super) enum Confirmation {
    Given,
    /// The secrets, into which the identity is sealed until then.
    Needed(Box<SealedDeviceFlow>),
}

/// Writes the outcome for an identity that Amazon has named.
pub(super) async fn write_outcome(
    app: &App,
    flow: &ClaimedDeviceFlow,
    allowed: &DeviceFlowTokens,
    mut confirmation: Confirmation,
) -> Result<Option<Outcome>, Fault> {
    for _ in 0..TRIES {
        let now = app.clock.now();
        let call = GameCallContext {
            at: now,
            reference: flow.reference.clone(),
            network: flow.network.clone(),
            origin: Some(flow.origin()),
            proven_at: flow.proved_at,
            has_service_key: flow.asked_by == AskedBy::Service,
            is_game_server: false,
        };
        let asked = DeviceFlowRequest { at: flow.created_at, proof: flow.proof() };
        let link_write = DeviceFlowLinkWrite::prepare(app, &call, &flow.player, asked, allowed).await?;
        let outcome = match link_write.expected_result() {
            DeviceFlowLinked::Linked => Outcome::Linked,
            DeviceFlowLinked::AlreadyLinked => Outcome::AlreadyLinked,
            DeviceFlowLinked::Taken => Outcome::Taken,
            DeviceFlowLinked::PlayerHasAnother => Outcome::PlayerHasAnother,
        };
        let waiting = match &mut confirmation {
            Confirmation::Needed(secrets) if outcome == Outcome::Linked => {
                secrets.identity = Some(allowed.to_plaintext());
                let until = secrets.code_ends_at.unwrap_or(flow.expires_at).max(now + CONFIRM_WITHIN);
                Some((secrets.seal(&app.vault, &flow.id, &flow.player)?, until))
            }
            Confirmation::Needed(_) | Confirmation::Given => None,
        };
        let is_waiting = waiting.is_some();
        let row = flow.clone();
        let written = app
            .db
            .write_or_refuse(move |conn| {
                // Every transaction locks the player's row first.
                if !players::store::lock_player(conn, &row.player)? {
                    return Err(Stop::Refused(DeviceFlowWriteError::Disabled));
                }
                if !row.origin().is_alive(conn, now)? {
                    return Err(Stop::Refused(DeviceFlowWriteError::SessionEnded));
                }
                if let Some((sealed, until)) = &waiting {
                    if link_write.is_undone(conn)? {
                        return Err(Stop::Refused(DeviceFlowWriteError::Link(
                            DeviceFlowLinkRefusal::Unlinked,
                        )));
                    }
                    let is_ours = store::await_confirmation(conn, &row, sealed, now, *until)?;
                    return is_ours.then_some(()).ok_or(Stop::Refused(DeviceFlowWriteError::Lease));
                }
                if !store::finish_device_flow(conn, &row, outcome, now)? {
                    return Err(Stop::Refused(DeviceFlowWriteError::Lease));
                }
                link_write.write(conn).map_err(|stop| match stop {
                    Stop::Refused(why) => Stop::Refused(DeviceFlowWriteError::Link(why)),
                    Stop::Fault(fault) => Stop::Fault(fault),
                })
            })
            .await;
        match written {
            Ok(()) if is_waiting => return Ok(None),
            Ok(()) => {
                report_outcome(app, flow, outcome);
                return Ok(Some(outcome));
            }
            Err(Stop::Refused(DeviceFlowWriteError::Link(DeviceFlowLinkRefusal::Race))) => {}
            Err(Stop::Refused(
                DeviceFlowWriteError::Link(
                    DeviceFlowLinkRefusal::Unlinked | DeviceFlowLinkRefusal::ProofMissing,
                )
                | DeviceFlowWriteError::SessionEnded,
            )) => return finish_device_flow(app, flow, Outcome::Expired).await,
            Err(Stop::Refused(DeviceFlowWriteError::Disabled)) => {
                return finish_device_flow(app, flow, Outcome::Failed).await;
            }
            Err(Stop::Refused(DeviceFlowWriteError::Lease)) => return Ok(None),
            Err(Stop::Fault(fault)) => return Err(fault),
        }
    }
    finish_device_flow(app, flow, Outcome::Failed).await
}

/// Why the transaction was rolled back.
enum DeviceFlowWriteError {
    Disabled,
    /// The requesting session, or every session of its player, ended after the code was requested.
    SessionEnded,
    /// The device flow has ended meanwhile, or another copy has its lease.
    Lease,
    Link(DeviceFlowLinkRefusal),
}

async fn postpone_poll(
    app: &App,
    flow: &ClaimedDeviceFlow,
    wait: TimeDelta,
    interval: TimeDelta,
) -> Result<Option<Outcome>, Fault> {
    // The wait counts from the answer, so that a slow call does not make the next poll early.
    let (row, next) = (flow.clone(), app.clock.now() + wait);
    app.db.write(move |conn| Ok(store::postpone_poll(conn, &row, next, interval)?)).await?;
    Ok(None)
}

pub(super) async fn finish_device_flow(
    app: &App,
    flow: &ClaimedDeviceFlow,
    outcome: Outcome,
) -> Result<Option<Outcome>, Fault> {
    let (row, now) = (flow.clone(), app.clock.now());
    let is_ours = app.db.write(move |conn| Ok(store::finish_device_flow(conn, &row, outcome, now)?)).await?;
    if !is_ours {
        return Ok(None);
    }
    report_outcome(app, flow, outcome);
    Ok(Some(outcome))
}

fn report_outcome(app: &App, flow: &ClaimedDeviceFlow, outcome: Outcome) {
    app.metrics.code_linkings.add(outcome.as_str());
    let outcome = outcome.as_str();
    tracing::info!(event = "links.device_flow.ended", player.id = %flow.player, outcome, "a flow ended");
}
