//! The authorization page: sign-in, consent, and the redirect back to the client.
//!
//! The request stays in the URL during all steps, so each step checks it again and nothing is stored between them.

use actix_web::http::header::LOCATION;
use actix_web::{HttpRequest, HttpResponse};
use chrono::{DateTime, TimeDelta, Utc};
use url::Url;

use super::clients::{ClientKind, RegisteredClient};
use super::recorder::CallNotes;
use super::request_parsing::{FormBody, RequestParameters};
use super::scopes::{self, EssentialScopes};
use super::settings::StateEcho;
use super::state::{ConsentGrant, SimulatorState};
use super::{Simulator, customers, pages, random};

/// An authorization code: valid once, for one client, one redirect URI and one verifier.
pub(super) struct AuthorizationCode {
    pub(super) grant: ConsentGrant,
    pub(super) redirect_uri: String,
    pub(super) challenge: Option<PkceChallenge>,
    pub(super) expires_at: DateTime<Utc>,
}

/// A PKCE challenge (RFC 7636).
#[derive(Clone)]
pub(super) enum PkceChallenge {
    S256(String),
    Plain(String),
}

/// A valid authorization request.
struct ConsentRequest<'a> {
    client: &'a RegisteredClient,
    /// As sent, because the exchange must repeat it byte for byte.
    redirect_uri: String,
    back_to: Url,
    state: Option<String>,
    scopes: Vec<String>,
    essentials: EssentialScopes,
    challenge: Option<PkceChallenge>,
}

/// `GET /ap/oa`.
pub(super) fn ask(
    simulator: &Simulator,
    req: &HttpRequest,
    _: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let query = RequestParameters::query(req);
    notes.client = query.get("client_id").map(str::to_owned);
    let request = match read(simulator, &query) {
        Ok(request) => request,
        Err(refused) => return refused.answer(&query),
    };
    let mut simulator_state = simulator.lock_state();
    let Some(customer) = customers::signed_in(req).and_then(|key| simulator_state.customer(&key)) else {
        return pages::sign_in(&simulator_state, &request.client.app_name, &pages::here(req));
    };
    let needs_no_consent = request.scopes.iter().all(|scope| scope == scopes::USER_ID);
    let is_remembered =
        scopes::contain(simulator_state.consented(&customer.key, &request.client.app_id), &request.scopes);
    if needs_no_consent || is_remembered {
        return grant(&mut simulator_state, &request, &customer.key, request.scopes.clone());
    }
    pages::consent(&customer, request.client, &pages::here(req), items(&request))
}

/// `POST /ap/oa`: the customer pressed Allow or Cancel, or a client sent the request as a form.
pub(super) fn decide(simulator: &Simulator, req: &HttpRequest, body: &FormBody) -> HttpResponse {
    let query = RequestParameters::query(req);
    if query.get("client_id").is_none() && body.fields.get("client_id").is_some() {
        // The request goes on in the URL, where every later step reads it.
        return redirect(&format!("{}?{}", req.path(), body.fields.to_query()));
    }
    let request = match read(simulator, &query) {
        Ok(request) => request,
        Err(refused) => return refused.answer(&query),
    };
    let mut simulator_state = simulator.lock_state();
    let Some(customer) = customers::signed_in(req).and_then(|key| simulator_state.customer(&key)) else {
        return pages::sign_in(&simulator_state, &request.client.app_name, &pages::here(req));
    };
    let is_granted = |scope: &String| {
        !request.essentials.may_decline(scope) || body.fields.all("granted").any(|granted| granted == scope)
    };
    let granted: Vec<String> = request.scopes.iter().filter(|scope| is_granted(scope)).cloned().collect();
    if body.fields.get("decision") != Some("allow") || granted.is_empty() {
        return redirect(&request.refused(&simulator_state, "access_denied", "Access not permitted."));
    }
    grant(&mut simulator_state, &request, &customer.key, granted)
}

/// Answers with the error that a test configured: a redirect to the client, or an error page.
pub(super) fn refuse(simulator: &Simulator, req: &HttpRequest, error: &str) -> HttpResponse {
    let query = RequestParameters::query(req);
    match read(simulator, &query) {
        Ok(request) => {
            let text =
                if error == "access_denied" { "Access not permitted." } else { "The request was refused" };
            redirect(&request.refused(&simulator.lock_state(), error, text))
        }
        Err(refused) => refused.answer(&query),
    }
}

fn grant(
    simulator_state: &mut SimulatorState,
    request: &ConsentRequest,
    customer: &str,
    granted: Vec<String>,
) -> HttpResponse {
    simulator_state.allow(customer, &request.client.app_id, &granted);
    let code = random::authorization_code();
    let scope = granted.join(" ");
    let lifetime = TimeDelta::try_seconds(simulator_state.switches.code_lifetime).unwrap_or_default();
    let now = simulator_state.now();
    simulator_state.codes.retain(|_, code| code.expires_at > now);
    simulator_state.codes.insert(
        code.clone(),
        AuthorizationCode {
            grant: SimulatorState::grant(request.client, customer, granted),
            redirect_uri: request.redirect_uri.clone(),
            challenge: request.challenge.clone(),
            expires_at: now + lifetime,
        },
    );
    let state = request.state(simulator_state);
    redirect(&request.back([("code", Some(code)), ("scope", Some(scope)), ("state", state)]))
}

/// Why a request is rejected before the customer is asked.
enum AuthorizeRefusal {
    /// The error page shows this cause, because the redirect URI may not be the client's.
    Here(&'static str),
    /// The client gets the error at this address.
    There(String),
}

impl AuthorizeRefusal {
    fn answer(&self, query: &RequestParameters) -> HttpResponse {
        match self {
            Self::Here(cause) => pages::error_page(cause, query.iter()),
            Self::There(address) => redirect(address),
        }
    }
}

fn read<'a>(
    simulator: &'a Simulator,
    query: &RequestParameters,
) -> Result<ConsentRequest<'a>, AuthorizeRefusal> {
    let client = query.get("client_id").and_then(|id| simulator.client(id));
    let client = client.ok_or(AuthorizeRefusal::Here("Unknown client_id"))?;
    let simulator_state = simulator.lock_state();
    let (redirect_uri, back_to) = query
        .get("redirect_uri")
        .filter(|uri| simulator_state.allows_return(client, uri))
        .and_then(|uri| Some((uri.to_owned(), Url::parse(uri).ok()?)))
        .ok_or(AuthorizeRefusal::Here(NOT_WHITELISTED))?;
    let state = query.get("state").map(str::to_owned);
    let (essentials, challenge) = (EssentialScopes::default(), None);
    let mut request =
        ConsentRequest { client, redirect_uri, back_to, state, scopes: Vec::new(), essentials, challenge };

    match request.fill(query, simulator_state.switches.strict_parameters) {
        Ok(()) => Ok(request),
        Err(("invalid_scope", _)) if simulator_state.switches.unknown_scope_page => {
            Err(AuthorizeRefusal::Here(UNKNOWN_SCOPE))
        }
        Err((error, text)) => Err(AuthorizeRefusal::There(request.refused(&simulator_state, error, &text))),
    }
}

const NOT_WHITELISTED: &str = "The redirect URI you provided has not been whitelisted for your application";
const UNKNOWN_SCOPE: &str = "An unknown scope was requested";

impl ConsentRequest<'_> {
    fn fill(&mut self, query: &RequestParameters, strict: bool) -> Result<(), (&'static str, String)> {
        let missing =
            |name| ("invalid_request", format!("The request is missing a required parameter : {name}"));
        let invalid = |name| ("invalid_request", format!("The request has an invalid parameter : {name}"));

        if let Some(name) = query.repeated(strict) {
            return Err(invalid(name));
        }
        if self.client.kind != ClientKind::Web {
            return Err(("unauthorized_client", "Not authorized for requested operation".into()));
        }
        match query.get("response_type") {
            None => return Err(missing("response_type")),
            Some("code") => {}
            // The implicit grant is closed to new clients.
            Some(_) => return Err(("unsupported_response_type", invalid("response_type").1)),
        }
        self.scopes = scopes::split(query.get("scope").ok_or_else(|| missing("scope"))?);
        if !self.client.lwa_enabled || !scopes::contain(&self.client.allowed_scopes, &self.scopes) {
            return Err(("invalid_scope", UNKNOWN_SCOPE.into()));
        }
        if let Some(json) = query.get("scope_data") {
            self.essentials = EssentialScopes::parse(json).ok_or_else(|| invalid("scope_data"))?;
        }
        self.challenge = match (query.get("code_challenge"), query.get("code_challenge_method")) {
            (None, None) => None,
            (None, Some(_)) => return Err(missing("code_challenge")),
            (Some(text), _) if !well_formed(text) => return Err(invalid("code_challenge")),
            (Some(text), Some("S256")) => Some(PkceChallenge::S256(text.into())),
            (Some(text), Some("plain") | None) => Some(PkceChallenge::Plain(text.into())),
            (Some(_), Some(_)) => return Err(invalid("code_challenge_method")),
        };
        Ok(())
    }

    fn state(&self, simulator_state: &SimulatorState) -> Option<String> {
        match simulator_state.switches.state {
            StateEcho::Kept => self.state.clone(),
            StateEcho::Dropped => None,
            StateEcho::Altered => Some(format!("{}x", self.state.as_deref().unwrap_or_default())),
        }
    }

    /// The address for an error, with the parameters in the order that was recorded.
    fn refused(&self, simulator_state: &SimulatorState, error: &str, text: &str) -> String {
        let state = self.state(simulator_state);
        self.back([("error_description", Some(text.into())), ("state", state), ("error", Some(error.into()))])
    }

    fn back(&self, parameters: [(&str, Option<String>); 3]) -> String {
        let mut url = self.back_to.clone();
        {
            let mut query = url.query_pairs_mut();
            for (name, value) in parameters {
                if let Some(value) = value {
                    query.append_pair(name, &value);
                }
            }
        }
        url.into()
    }
}

fn redirect(address: &str) -> HttpResponse {
    HttpResponse::Found().insert_header((LOCATION, address)).finish()
}

fn items(request: &ConsentRequest) -> Vec<(String, bool)> {
    request.scopes.iter().map(|scope| (scope.clone(), request.essentials.may_decline(scope))).collect()
}

/// RFC 7636 §4.2: 43 to 128 unreserved characters.
fn well_formed(challenge: &str) -> bool {
    (43..=128).contains(&challenge.len())
        && challenge.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte))
}
