//! Requests a code pair from Amazon and opens a device flow.

use chrono::TimeDelta;
use secrecy::ExposeSecret;
use serde_json::json;

use crate::app::App;
use crate::audit::{self, Actor, AuditEvent, Kind};
use crate::links::device_flow::model::{AskedBy, Outcome, SealedDeviceFlow};
use crate::links::device_flow::qr::qr;
use crate::links::device_flow::store::{self, NewDeviceFlow};
use crate::links::{self, GameAct, GameCallContext, GameRules, LinkState};
use crate::platform::crypto::keys::LookupPurpose;
use crate::platform::db::{Conn, QueryResult, new_id};
use crate::platform::fault::Stop;
use crate::platform::ids::PlayerId;
use crate::platform::metrics::Limit;
use crate::platform::rate_limit::{OverBudget, RateBudget, RateVerdict};

/// Allowed codes an hour, for one player and from one network.
const PER_PLAYER: u32 = 20;
const PER_NETWORK: u32 = 200;

/// The caller who asks for a code on behalf of a player.
#[derive(Clone, Copy)]
pub struct DeviceFlowRequester<'a> {
    pub by: AskedBy,
    /// The session of a game, or the key of a game server.
    pub id: Option<&'a str>,
}

/// An open device flow, as the caller shows it to the player.
pub struct DeviceFlowBegun {
    /// The id by which the caller reads the status later.
    pub linking_id: String,
    pub user_code: String,
    pub verification_uri: String,
    pub qr_svg: String,
    pub expires_in: TimeDelta,
    pub interval: TimeDelta,
}

/// Why no code is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeviceFlowBeginRefusal {
    /// The settings name no device client.
    NotConfigured,
    /// The player has an active link.
    AlreadyLinked,
    TooMany,
    /// Linking needs a credential that this session has proven lately (S75).
    NotFresh,
    /// The session ended while Amazon was called, or the player was disabled.
    SessionEnded,
    /// Amazon issues no code now.
    Unavailable,
}

/// Gets a code pair from Amazon for `player` and stores it, so that the worker polls Amazon from then on.
pub async fn begin_device_flow(
    app: &App,
    call: &GameCallContext,
    player: &PlayerId,
    requester: DeviceFlowRequester<'_>,
) -> Result<DeviceFlowBegun, Stop<DeviceFlowBeginRefusal>> {
    if !app.lwa.has_device_client() {
        return Err(Stop::Refused(DeviceFlowBeginRefusal::NotConfigured));
    }
    let (of, from) = (player.clone(), call.clone());
    let rules = GameRules::of(app);
    // A refusal here saves the call to Amazon. The check that counts runs again in the transaction.
    let allowed = app.db.read(move |conn| may_link(conn, rules, &from, &of)).await?;
    allowed.map_err(Stop::Refused)?;
    if let RateVerdict::Refused { .. } = app.throttle.take(begin_budgets(app, call, player), call.at).await? {
        return Err(Stop::Refused(DeviceFlowBeginRefusal::TooMany));
    }
    let pair = app.lwa.request_code_pair().await.map_err(|error| {
        error.log("device_flow.begin");
        Stop::Refused(DeviceFlowBeginRefusal::Unavailable)
    })?;
    let span = |of| TimeDelta::from_std(of).unwrap_or_default();
    let (expires_in, interval) = (span(pair.expires_in), span(pair.interval));
    let id = new_id(call.at);
    let secrets = SealedDeviceFlow {
        device_code: pair.device_code.expose_secret().to_owned(),
        user_code: pair.user_code.clone(),
        tokens: None,
        code_ends_at: Some(call.at + expires_in),
        identity: None,
    };
    let new = NewDeviceFlow {
        pair_sealed: secrets.seal(&app.vault, &id, player)?,
        id: id.clone(),
        player: player.clone(),
        player_version: call.origin.as_ref().map_or(0, |origin| origin.player_version),
        requested_by: requester.by,
        requester: requester.id.map(str::to_owned),
        interval,
        reference: call.reference.clone(),
        network: call.network.clone(),
        proved_at: call.proven_at.filter(|_| call.has_proven_within(rules.fresh_for)),
        at: call.at,
        expires_at: call.at + expires_in,
    };
    let begun = DeviceFlowBegun {
        linking_id: id,
        user_code: pair.user_code,
        qr_svg: qr(pair.verification_uri.as_str())?,
        verification_uri: pair.verification_uri.into(),
        expires_in,
        interval,
    };
    let (event, call) = (begin_event(call, player, requester), call.clone());
    let has_replaced = app
        .db
        .write_or_refuse(move |conn| {
            if !call.lock_origin(conn)? {
                return Err(Stop::Refused(DeviceFlowBeginRefusal::SessionEnded));
            }
            may_link(conn, rules, &call, &new.player)?.map_err(Stop::Refused)?;
            let has_replaced = store::insert_device_flow(conn, &new)?;
            audit::append_event(conn, &event)?;
            Ok(has_replaced)
        })
        .await?;
    if has_replaced {
        app.metrics.code_linkings.add(Outcome::Replaced.as_str());
    }
    Ok(begun)
}

fn may_link(
    conn: &mut Conn,
    rules: GameRules,
    call: &GameCallContext,
    player: &PlayerId,
) -> QueryResult<Result<(), DeviceFlowBeginRefusal>> {
    let link = links::summary(conn, player)?;
    if link.is_some_and(|link| link.state == LinkState::Active) {
        return Ok(Err(DeviceFlowBeginRefusal::AlreadyLinked));
    }
    let judged = rules.judge(conn, GameAct::AskCode, player, call.proof(rules.fresh_for))?;
    Ok(judged.map_err(|_| DeviceFlowBeginRefusal::NotFresh))
}

fn begin_budgets(app: &App, call: &GameCallContext, player: &PlayerId) -> Vec<RateBudget> {
    let mut budgets = vec![hourly_budget(format!("link codes player {player}"), PER_PLAYER)];
    // Game servers call without a network. Only the limit for the player applies to them.
    if !call.network.is_empty() {
        let network = app.keys.lookup.hash(LookupPurpose::Network, &call.network);
        budgets.push(hourly_budget(format!("link codes network {network}"), PER_NETWORK));
    }
    budgets
}

fn hourly_budget(id: String, free: u32) -> RateBudget {
    RateBudget { limit: Limit::LinkCodes, id, free, window: TimeDelta::hours(1), then: OverBudget::Wait }
}

fn begin_event(call: &GameCallContext, player: &PlayerId, requester: DeviceFlowRequester<'_>) -> AuditEvent {
    let (actor, details) = match requester.by {
        AskedBy::Game => (Actor::Player, json!({ "door": "game" })),
        AskedBy::Service => (Actor::Service, json!({ "key": requester.id })),
    };
    call.audit_event(Kind::LinkCodeAsked, actor).on(player).with(details)
}
