//! `/simulator`: the control page, for a browser or for `curl`.
//!
//! Each form also takes JSON, and answers JSON where that is asked for. There is no CSRF protection, because
//! nothing here needs protection and scripts use the forms too.

use std::collections::BTreeMap;
use std::time::Duration;

use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header::{ACCEPT, LOCATION};
use actix_web::http::{Method, StatusCode};
use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use askama::Template;
use chrono::TimeDelta;
use serde_json::{Value, json};

use super::clients::RegisteredClient;
use super::customers::{self, SIGNED_IN_COOKIE, SimulatedCustomer};
use super::faults::SimulatedFault;
use super::recorder::{RecordedCall, SimulatedCall};
use super::request_parsing::{FormBody, RequestParameters};
use super::settings::SwitchRow;
use super::{DeviceCodeView, Simulator, page, pages};

const CALLS_SHOWN: usize = 30;

pub(super) fn routes(app: &mut ServiceConfig) {
    app.route("/", page(Method::GET, |_, _, _| redirect("/simulator")))
        .route("/simulator", page(Method::GET, show))
        .route("/simulator/state", page(Method::GET, state))
        .route("/simulator/sign-in", page(Method::POST, sign_in))
        .route("/simulator/sign-out", page(Method::GET, sign_out))
        .route("/simulator/token", page(Method::POST, mint))
        .route("/simulator/{action}", page(Method::POST, handle_action))
        .route("/simulator/style.css", web::get().to(style));
}

/// The faults in the form, with their labels.
const FAULTS: [(&str, &str); 9] = [
    ("server_error", "500 with JSON"),
    ("unavailable", "503 with HTML"),
    ("too_many_requests", "429, Retry-After in seconds"),
    ("slow", "the right answer, after so many seconds"),
    ("reset", "connection reset before the work"),
    ("reset_after_work", "work done, connection reset"),
    ("malformed", "200 with broken JSON"),
    ("refused", "the OAuth error of this name"),
    ("answer", "any status, as 418; the body in its own field"),
];

fn handle_action(simulator: &Simulator, req: &HttpRequest, body: &FormBody) -> HttpResponse {
    let fields = &body.fields;
    let done = match req.match_info().query("action") {
        "switches" => fields.iter().all(|(name, word)| simulator.lock_state().switches.set(name, word)),
        "faults" => put_fault(simulator, fields).is_some(),
        "clear-faults" => done(|| simulator.clear_faults()),
        "revoke" => on(fields, "customer", |customer| done(|| simulator.revoke(customer))),
        "expire-access-tokens" => done(|| simulator.expire_access_tokens()),
        "forget-calls" => done(|| simulator.forget_calls()),
        "clock" => on(fields, "seconds", |text| move_clock(simulator, text).is_some()),
        "return-urls" => on(fields, "url", |url| simulator.lock_state().allow_return_url(url)),
        "customers" => admit(simulator, fields).is_some(),
        "device" => on(fields, "user_code", |code| match fields.get("customer") {
            Some(customer) => simulator.approve_device(code, customer),
            None => simulator.deny_device(code),
        }),
        _ => return HttpResponse::NotFound().finish(),
    };
    match (done, wants_json(req)) {
        (true, true) => state(simulator, req, body),
        (true, false) => redirect("/simulator"),
        (false, true) => HttpResponse::UnprocessableEntity().json(json!({ "error": "not understood" })),
        (false, false) => {
            let board = SimulatorBoard::of(
                simulator,
                req,
                "That was not understood, or not all of it. Nothing is broken.",
            );
            pages::html(StatusCode::UNPROCESSABLE_ENTITY, &board)
        }
    }
}

fn done(work: impl FnOnce()) -> bool {
    work();
    true
}

fn on(fields: &RequestParameters, name: &str, work: impl FnOnce(&str) -> bool) -> bool {
    fields.get(name).is_some_and(work)
}

fn put_fault(simulator: &Simulator, fields: &RequestParameters) -> Option<()> {
    let call = fields.get("call")?.parse().ok()?;
    let value = fields.get("value").unwrap_or_default();
    let fault = match fields.get("fault")? {
        "server_error" => SimulatedFault::ServerError,
        "unavailable" => SimulatedFault::Unavailable,
        "too_many_requests" => SimulatedFault::TooManyRequests { retry_after: value.parse().ok() },
        "slow" => SimulatedFault::Slow(Duration::try_from_secs_f64(value.parse().ok()?).ok()?),
        "reset" => SimulatedFault::Reset,
        "reset_after_work" => SimulatedFault::ResetAfterWork,
        "malformed" => SimulatedFault::Malformed,
        "refused" if !value.is_empty() => SimulatedFault::Refused(value.into()),
        "answer" => SimulatedFault::Answer {
            status: value.parse().ok()?,
            content_type: "application/json;charset=UTF-8".into(),
            body: fields.get("body").unwrap_or_default().into(),
        },
        _ => return None,
    };
    match fields.get("times") {
        None => simulator.set_fault(call, fault),
        Some(times) => simulator.set_fault_times(call, fault, times.parse().ok()?),
    }
    Some(())
}

fn move_clock(simulator: &Simulator, text: &str) -> Option<()> {
    let seconds: i64 = text.parse().ok()?;
    // Ten years either way keep every sum within the calendar.
    let by = TimeDelta::try_seconds(seconds).filter(|_| seconds.abs() <= 315_360_000)?;
    simulator.jump(by);
    Some(())
}

fn admit(simulator: &Simulator, fields: &RequestParameters) -> Option<()> {
    let key = fields.get("key").filter(|key| {
        key.len() <= 64 && key.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte))
    })?;
    let own = |name: &str| fields.get(name).map(str::to_owned);
    simulator.admit(SimulatedCustomer {
        key: key.to_owned(),
        name: own("name"),
        email: own("email"),
        postal_code: own("postal_code"),
    });
    Some(())
}

/// `POST /simulator/token`: makes an access token as a phone's SDK would get it.
fn mint(simulator: &Simulator, req: &HttpRequest, body: &FormBody) -> HttpResponse {
    let field = |name| body.fields.get(name).unwrap_or_default();
    let token = simulator.mint_access_token(field("customer"), field("client"), field("scope"));
    match (token, wants_json(req)) {
        (Some(token), true) => HttpResponse::Ok().json(json!({ "access_token": token })),
        (Some(token), false) => pages::html(StatusCode::OK, &MintedToken { token }),
        (None, true) => HttpResponse::UnprocessableEntity().json(json!({ "error": "not understood" })),
        (None, false) => pages::html(
            StatusCode::UNPROCESSABLE_ENTITY,
            &SimulatorBoard::of(simulator, req, "No such customer or client."),
        ),
    }
}

/// `POST /simulator/sign-in`: signs this browser in as that customer.
fn sign_in(simulator: &Simulator, _: &HttpRequest, body: &FormBody) -> HttpResponse {
    let back = pages::safe_back(body.fields.get("back").unwrap_or_default());
    let customer = body.fields.get("customer").and_then(|key| simulator.lock_state().customer(key));
    let Some(customer) = customer else {
        return pages::sign_in(&simulator.lock_state(), "that page", back);
    };
    let cookie =
        Cookie::build(SIGNED_IN_COOKIE, customer.key).path("/").http_only(true).same_site(SameSite::Lax);
    HttpResponse::SeeOther().cookie(cookie.finish()).insert_header((LOCATION, back)).finish()
}

/// `GET /simulator/sign-out`: a link, as at Amazon.
fn sign_out(_: &Simulator, req: &HttpRequest, _: &FormBody) -> HttpResponse {
    let query = RequestParameters::query(req);
    let back = pages::safe_back(query.get("back").unwrap_or_default());
    let mut cookie = Cookie::build(SIGNED_IN_COOKIE, "").path("/").finish();
    cookie.make_removal();
    HttpResponse::SeeOther().cookie(cookie).insert_header((LOCATION, back)).finish()
}

fn show(simulator: &Simulator, req: &HttpRequest, _: &FormBody) -> HttpResponse {
    pages::html(StatusCode::OK, &SimulatorBoard::of(simulator, req, ""))
}

/// `GET /simulator/state`: the content of the control page as JSON.
fn state(simulator: &Simulator, _: &HttpRequest, _: &FormBody) -> HttpResponse {
    let consents = simulator.consents().into_iter().map(
        |consent| json!({ "customer": consent.customer, "app_id": consent.app_id, "scopes": consent.scopes }),
    );
    let codes = simulator
        .device_codes()
        .into_iter()
        .map(|code| json!({ "user_code": code.user_code, "client": code.client, "scopes": code.scopes }));
    let (consents, codes): (Vec<Value>, Vec<Value>) = (consents.collect(), codes.collect());
    let faults = json!(simulator.lock_state().faults.waiting());
    let return_urls = simulator.return_urls();
    HttpResponse::Ok().json(json!({
        "now": simulator.now(),
        "customers": simulator.customers(),
        "switches": simulator.switches(),
        "return_urls": return_urls,
        "faults": faults,
        "consents": consents,
        "device_codes": codes,
        "calls": simulator.recorded_calls(),
    }))
}

async fn style() -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/css; charset=utf-8")
        .body(include_str!("../../../templates/simulator/style.css"))
}

fn wants_json(req: &HttpRequest) -> bool {
    req.headers()
        .get(ACCEPT)
        .and_then(|accept| accept.to_str().ok())
        .is_some_and(|accept| accept.contains("json"))
}

fn redirect(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((LOCATION, address)).finish()
}

#[derive(Template)]
#[template(path = "simulator/minted.html")]
struct MintedToken {
    token: String,
}

#[derive(Template)]
#[template(path = "simulator/board.html")]
struct SimulatorBoard<'a> {
    notice: &'static str,
    /// The customer whom this browser is signed in as.
    here: Option<String>,
    now: String,
    people: Vec<(SimulatedCustomer, usize)>,
    clients: &'a [RegisteredClient],
    return_urls: Vec<String>,
    switches: Vec<SwitchRow>,
    calls: &'static [SimulatedCall],
    kinds: [(&'static str, &'static str); 9],
    faults: Vec<(&'static str, String)>,
    codes: Vec<DeviceCodeView>,
    recorded: Vec<RecordedCall>,
}

impl<'a> SimulatorBoard<'a> {
    fn of(simulator: &'a Simulator, req: &HttpRequest, notice: &'static str) -> Self {
        let codes = simulator.device_codes();
        let return_urls = simulator.return_urls();
        let simulator_state = simulator.lock_state();
        let allowed = |customer: &SimulatedCustomer| {
            simulator_state.kept.consents.get(&customer.key).map_or(0, BTreeMap::len)
        };
        let here = customers::signed_in(req).and_then(|key| simulator_state.customer(&key));
        Self {
            notice,
            here: here.map(|customer| customer.label().to_owned()),
            now: simulator_state.now().format("%Y-%m-%d %H:%M:%S UTC").to_string(),
            people: simulator_state
                .customers()
                .into_iter()
                .map(|person| (person.clone(), allowed(&person)))
                .collect(),
            clients: &simulator.clients,
            return_urls,
            switches: simulator_state.switches.rows(),
            calls: SimulatedCall::ALL,
            kinds: FAULTS,
            faults: simulator_state
                .faults
                .waiting()
                .iter()
                .map(|(call, waiting)| (call.as_str(), json!(waiting).to_string()))
                .collect(),
            codes,
            recorded: simulator_state.recorder.calls().rev().take(CALLS_SHOWN).cloned().collect(),
        }
    }
}
