//! Linking by code: a device shows a code, a person types it elsewhere, and the device polls.
//!
//! Amazon does not document its `error` value for a denial; `access_denied` is inferred (RFC 8628 §3.5).

use actix_web::http::StatusCode;
use actix_web::http::header::{FORWARDED, HOST, HeaderMap, X_FORWARDED_PROTO};
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use serde::Serialize;

use super::clients::ClientKind;
use super::recorder::{CallNotes, TokenKind};
use super::request_parsing::{FormBody, RequestParameters};
use super::responses::{self, ResponseFamily, SimulatedRefusal};
use super::settings::SlowDown;
use super::state::SimulatorState;
use super::test_api::DeviceCodeView;
use super::tokens::{TokenResponseBody, required};
use super::{Simulator, customers, pages, random, scopes};

const LIFETIME: TimeDelta = TimeDelta::seconds(600);

/// A device code and the user code that goes with it.
pub(super) struct DeviceCodePair {
    device_code: String,
    user_code: String,
    client: String,
    app: String,
    app_name: String,
    scopes: Vec<String>,
    expires_at: DateTime<Utc>,
    last_poll: Option<DateTime<Utc>>,
    verdict: Option<DeviceCodeVerdict>,
}

/// The decision of the person with the code.
#[derive(Clone)]
pub(super) enum DeviceCodeVerdict {
    /// The customer's key.
    Allowed(String),
    Denied,
}

#[derive(Serialize)]
struct NewDeviceCodePair<'a> {
    user_code: &'a str,
    device_code: &'a str,
    interval: i64,
    verification_uri: String,
    expires_in: i64,
}

/// `POST /auth/o2/create/codepair`.
pub(super) fn codepair(
    simulator: &Simulator,
    req: &HttpRequest,
    body: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let pair = new_pair(simulator, body, notes);
    let mut simulator_state = simulator.lock_state();
    match pair {
        Err(refusal) => refusal.answer(&simulator_state),
        Ok(pair) => {
            let host = req.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or("localhost");
            let scheme = if is_behind_tls(req.headers()) { "https" } else { "http" };
            let answer = NewDeviceCodePair {
                user_code: &pair.user_code,
                device_code: &pair.device_code,
                interval: simulator_state.switches.poll_interval,
                verification_uri: format!("{scheme}://{host}/us/code"),
                expires_in: LIFETIME.num_seconds(),
            };
            let answer = responses::success(&simulator_state, ResponseFamily::Token, &answer);
            simulator_state.pairs.push(pair);
            answer
        }
    }
}

/// Whether a proxy in front says that the client spoke TLS, in either header that proxies use.
fn is_behind_tls(headers: &HeaderMap) -> bool {
    let text = |name| headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let pairs = text(FORWARDED).split([',', ';']).filter_map(|pair| pair.trim().split_once('='));
    let forwarded = pairs
        .filter(|(name, _)| name.eq_ignore_ascii_case("proto"))
        .map(|(_, proto)| proto.trim_matches('"'));
    forwarded.chain([text(X_FORWARDED_PROTO).trim()]).any(|proto| proto.eq_ignore_ascii_case("https"))
}

fn new_pair(
    simulator: &Simulator,
    body: &FormBody,
    notes: &mut CallNotes,
) -> Result<DeviceCodePair, SimulatedRefusal> {
    let is_malformed = body.is_malformed(&simulator.lock_state().switches);
    if is_malformed {
        return Err(SimulatedRefusal::malformed());
    }
    if required(&body.fields, "response_type")? != "device_code" {
        return Err(SimulatedRefusal::invalid("invalid_request", "response_type"));
    }
    let id = required(&body.fields, "client_id")?;
    let requested = scopes::split(required(&body.fields, "scope")?);
    notes.client = Some(id.to_owned());
    let unknown = || SimulatedRefusal::invalid("InvalidValue", "client_id").two_fields();
    let client = simulator.client(id).ok_or_else(unknown)?;
    if client.kind != ClientKind::Device {
        return Err(SimulatedRefusal::unauthorized_client());
    }
    if !client.lwa_enabled || !scopes::contain(&client.allowed_scopes, &requested) {
        return Err(SimulatedRefusal::invalid("invalid_scope", "scope"));
    }
    let mut simulator_state = simulator.lock_state();
    let now = simulator_state.now();
    simulator_state.pairs.retain(|pair| pair.expires_at > now);
    Ok(DeviceCodePair {
        device_code: random::uuid().to_string(),
        user_code: random::user_code(),
        client: client.id.clone(),
        app: client.app_id.clone(),
        app_name: client.app_name.clone(),
        scopes: requested,
        expires_at: now + LIFETIME,
        last_poll: None,
        verdict: None,
    })
}

/// `POST /auth/o2/token` with `grant_type=device_code`.
pub(super) fn poll(
    simulator: &Simulator,
    fields: &RequestParameters,
    notes: &mut CallNotes,
) -> Result<TokenResponseBody, SimulatedRefusal> {
    let device_code = required(fields, "device_code")?;
    let user_code = required(fields, "user_code")?;
    notes.token = Some(TokenKind::Unknown);

    let mut simulator_state = simulator.lock_state();
    let now = simulator_state.now();
    let (slow_down, interval) = (simulator_state.switches.slow_down, simulator_state.switches.poll_interval);
    let unknown = || SimulatedRefusal::new("invalid_code_pair", "The code pair is invalid or has expired");
    let found = simulator_state.pairs.iter().position(|pair| {
        pair.device_code == device_code && pair.user_code == user_code && pair.expires_at > now
    });
    let at = found.ok_or_else(unknown)?;
    let pair = simulator_state.pairs.get_mut(at).ok_or_else(unknown)?;
    notes.token = Some(TokenKind::DeviceCode);
    notes.client = Some(pair.client.clone());

    match pair.verdict.clone() {
        Some(DeviceCodeVerdict::Denied) => {
            Err(SimulatedRefusal::new("access_denied", "Access not permitted."))
        }
        Some(DeviceCodeVerdict::Allowed(customer)) => {
            let pair = simulator_state.pairs.swap_remove(at);
            let client = simulator.client(&pair.client).ok_or_else(unknown)?;
            let grant = SimulatorState::grant(client, &customer, pair.scopes);
            let refresh_token = simulator_state.new_refresh_token(grant.clone());
            Ok(TokenResponseBody::new(&mut simulator_state, grant, Some(refresh_token)))
        }
        None => {
            let wait = TimeDelta::try_seconds(interval).unwrap_or_default();
            let early = pair.last_poll.replace(now).is_some_and(|last| now - last < wait);
            if slow_down == SlowDown::Always || (slow_down == SlowDown::Early && early) {
                return Err(SimulatedRefusal::new("slow_down", "The device polls faster than it was told"));
            }
            Err(SimulatedRefusal::new("authorization_pending", "The customer has not entered the code yet"))
        }
    }
}

/// `GET /us/code`: the page where the person types the code.
///
/// The code is never read from the URL, so that no link can carry one.
pub(super) fn enter(simulator: &Simulator, req: &HttpRequest, _: &FormBody) -> HttpResponse {
    let simulator_state = simulator.lock_state();
    match customers::signed_in(req).and_then(|key| simulator_state.customer(&key)) {
        Some(customer) => pages::code(&customer, req.path(), StatusCode::OK),
        None => pages::sign_in(&simulator_state, "a device", &pages::here(req)),
    }
}

/// `POST /us/code`: first the code, then Allow or Cancel.
pub(super) fn decide(simulator: &Simulator, req: &HttpRequest, body: &FormBody) -> HttpResponse {
    let mut simulator_state = simulator.lock_state();
    let Some(customer) = customers::signed_in(req).and_then(|key| simulator_state.customer(&key)) else {
        return pages::sign_in(&simulator_state, "a device", &pages::here(req));
    };
    let typed = body.fields.get("user_code").unwrap_or_default().trim().to_ascii_uppercase();
    let Some(pair) = open(&simulator_state, &typed) else {
        return pages::code(&customer, req.path(), StatusCode::UNPROCESSABLE_ENTITY);
    };
    let verdict = match body.fields.get("decision") {
        None => {
            let items = pair.scopes.iter().map(|scope| (scope.clone(), false)).collect();
            return match simulator.client(&pair.client) {
                Some(client) => pages::device_consent(&customer, client, req.path(), &typed, items),
                None => pages::code(&customer, req.path(), StatusCode::UNPROCESSABLE_ENTITY),
            };
        }
        Some("allow") => DeviceCodeVerdict::Allowed(customer.key.clone()),
        Some(_) => DeviceCodeVerdict::Denied,
    };
    let app = pair.app_name.clone();
    settle(&mut simulator_state, &typed, &verdict);
    pages::device_done(&app, matches!(verdict, DeviceCodeVerdict::Allowed(_)))
}

/// The pairs that still wait for a decision.
pub(super) fn waiting(simulator_state: &SimulatorState) -> Vec<DeviceCodeView> {
    let now = simulator_state.now();
    let open = simulator_state.pairs.iter().filter(|pair| pair.verdict.is_none() && pair.expires_at > now);
    open.map(|pair| DeviceCodeView {
        user_code: pair.user_code.clone(),
        client: pair.client.clone(),
        scopes: pair.scopes.clone(),
    })
    .collect()
}

/// Records the decision on an open pair; false if no open pair has this code.
pub(super) fn settle(
    simulator_state: &mut SimulatorState,
    user_code: &str,
    verdict: &DeviceCodeVerdict,
) -> bool {
    let Some(pair) = open(simulator_state, user_code) else { return false };
    let (app, granted) = (pair.app.clone(), pair.scopes.clone());
    if let DeviceCodeVerdict::Allowed(customer) = verdict {
        simulator_state.allow(customer, &app, &granted);
    }
    for pair in simulator_state.pairs.iter_mut().filter(|pair| pair.user_code == user_code) {
        pair.verdict = Some(verdict.clone());
    }
    true
}

fn open<'a>(simulator_state: &'a SimulatorState, user_code: &str) -> Option<&'a DeviceCodePair> {
    let now = simulator_state.now();
    simulator_state
        .pairs
        .iter()
        .find(|pair| pair.user_code == user_code && pair.verdict.is_none() && pair.expires_at > now)
}
