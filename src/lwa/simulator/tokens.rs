//! The token endpoint: codes, refresh tokens and device codes become access tokens.

use actix_web::{HttpRequest, HttpResponse};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::clients::{ClientKind, RegisteredClient};
use super::consent::PkceChallenge;
use super::recorder::{CallNotes, RecordedPkce, SimulatedCall, TokenKind};
use super::request_parsing::{self, FormBody, RequestParameters};
use super::responses::{self, ResponseFamily, SimulatedRefusal};
use super::settings::ForeignRefresh;
use super::state::{ConsentGrant, SimulatorState};
use super::{Simulator, device};

/// A successful response, with its fields in the recorded order.
#[derive(Serialize)]
pub(super) struct TokenResponseBody {
    access_token: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    token_type: &'static str,
    expires_in: Seconds,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Seconds {
    Number(i64),
    Text(String),
}

impl TokenResponseBody {
    pub(super) fn new(
        simulator_state: &mut SimulatorState,
        grant: ConsentGrant,
        refresh_token: Option<String>,
    ) -> Self {
        let seconds = simulator_state.switches.access_token_lifetime;
        let expires_in = if simulator_state.switches.expires_in_as_string {
            Seconds::Text(seconds.to_string())
        } else {
            Seconds::Number(seconds)
        };
        Self {
            access_token: simulator_state.new_access_token(grant),
            refresh_token,
            token_type: "bearer",
            expires_in,
        }
    }
}

/// The kind of call, by its `grant_type`.
pub(super) fn call(body: &FormBody) -> SimulatedCall {
    match body.fields.get("grant_type") {
        Some("authorization_code") => SimulatedCall::Exchange,
        Some("refresh_token") => SimulatedCall::Refresh,
        Some("device_code") => SimulatedCall::Poll,
        _ => SimulatedCall::Token,
    }
}

/// `POST /auth/o2/token`.
pub(super) fn token(
    simulator: &Simulator,
    req: &HttpRequest,
    body: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let answer = grant(simulator, req, body, notes);
    let simulator_state = simulator.lock_state();
    match answer {
        Ok(tokens) => responses::success(&simulator_state, ResponseFamily::Token, &tokens),
        Err(refusal) => refusal.answer(&simulator_state),
    }
}

fn grant(
    simulator: &Simulator,
    req: &HttpRequest,
    body: &FormBody,
    notes: &mut CallNotes,
) -> Result<TokenResponseBody, SimulatedRefusal> {
    let misplaced =
        body.fields.get("grant_type").is_none() && RequestParameters::query(req).get("grant_type").is_some();
    let is_malformed = body.is_malformed(&simulator.lock_state().switches);
    if is_malformed || misplaced {
        return Err(SimulatedRefusal::malformed());
    }
    match call(body) {
        SimulatedCall::Exchange => exchange(simulator, req, &body.fields, notes),
        SimulatedCall::Refresh => refresh(simulator, req, &body.fields, notes),
        SimulatedCall::Poll => device::poll(simulator, &body.fields, notes),
        _ => Err(SimulatedRefusal::unsupported_grant_type()),
    }
}

fn exchange(
    simulator: &Simulator,
    req: &HttpRequest,
    fields: &RequestParameters,
    notes: &mut CallNotes,
) -> Result<TokenResponseBody, SimulatedRefusal> {
    let text = required(fields, "code")?;
    let redirect_uri = required(fields, "redirect_uri")?;
    let caller = AuthenticatedClient::identify(simulator, req, fields, notes)?;

    let mut simulator_state = simulator.lock_state();
    let now = simulator_state.now();
    notes.token = Some(TokenKind::Unknown);
    let code = simulator_state.codes.get(text).filter(|code| code.expires_at > now);
    let code = code.ok_or_else(|| SimulatedRefusal::invalid_grant("code"))?;
    notes.token = Some(TokenKind::AuthorizationCode);
    if code.grant.client != caller.client.id {
        return Err(SimulatedRefusal::invalid_grant("code"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(SimulatedRefusal::invalid_grant("redirect_uri"));
    }
    if let Some(challenge) = &code.challenge {
        let proven = fields.get("code_verifier").and_then(|verifier| challenge.meets(verifier));
        notes.pkce = Some(proven.ok_or_else(|| SimulatedRefusal::invalid_grant("code"))?);
    }
    // A public client must prove itself by its verifier.
    if !caller.authenticated && notes.pkce.is_none() {
        return Err(SimulatedRefusal::missing("client_secret"));
    }
    let grant = code.grant.clone();
    simulator_state.codes.remove(text);
    let refresh_token = caller.authenticated.then(|| simulator_state.new_refresh_token(grant.clone()));
    Ok(TokenResponseBody::new(&mut simulator_state, grant, refresh_token))
}

fn refresh(
    simulator: &Simulator,
    req: &HttpRequest,
    fields: &RequestParameters,
    notes: &mut CallNotes,
) -> Result<TokenResponseBody, SimulatedRefusal> {
    let token = required(fields, "refresh_token")?;
    let caller = AuthenticatedClient::identify(simulator, req, fields, notes)?;
    if caller.client.kind == ClientKind::Web && !caller.authenticated {
        return Err(SimulatedRefusal::missing("client_secret"));
    }

    let mut simulator_state = simulator.lock_state();
    notes.token = Some(TokenKind::Unknown);
    let grant = simulator_state
        .kept
        .refresh_tokens
        .get(token)
        .cloned()
        .ok_or_else(SimulatedRefusal::invalid_refresh_token)?;
    notes.token = Some(TokenKind::Refresh);
    if grant.client != caller.client.id {
        return Err(match simulator_state.switches.foreign_refresh_token {
            ForeignRefresh::UnauthorizedClient => SimulatedRefusal::unauthorized_client(),
            ForeignRefresh::InvalidGrant => SimulatedRefusal::invalid_refresh_token(),
        });
    }
    let refresh_token = if simulator_state.switches.rotate_refresh_tokens {
        simulator_state.kept.refresh_tokens.remove(token);
        simulator_state.new_refresh_token(grant.clone())
    } else {
        token.to_owned()
    };
    Ok(TokenResponseBody::new(&mut simulator_state, grant, Some(refresh_token)))
}

pub(super) fn required<'a>(fields: &'a RequestParameters, name: &str) -> Result<&'a str, SimulatedRefusal> {
    fields.get(name).ok_or_else(|| SimulatedRefusal::missing(name))
}

/// The client of a request.
struct AuthenticatedClient<'a> {
    client: &'a RegisteredClient,
    /// Whether the request contained the client's secret.
    authenticated: bool,
}

impl<'a> AuthenticatedClient<'a> {
    /// Reads the credentials from the body or the Basic header, or the same from both.
    ///
    /// RFC 6749 §2.3 allows only one place, which a switch demands. Shipped clients use both, and Amazon accepts that.
    fn identify(
        simulator: &'a Simulator,
        req: &HttpRequest,
        fields: &RequestParameters,
        notes: &mut CallNotes,
    ) -> Result<Self, SimulatedRefusal> {
        let basic = request_parsing::basic(req.headers()).map_err(|()| SimulatedRefusal::invalid_client())?;
        let in_body = fields.get("client_secret");
        if let (Some((id, secret)), Some(in_body)) = (&basic, in_body) {
            let is_same = in_body == secret && fields.get("client_id").is_none_or(|given| given == id);
            if !is_same || simulator.lock_state().switches.strict_credentials {
                return Err(SimulatedRefusal::malformed());
            }
        }
        let (id, secret) = match &basic {
            Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
            None => (required(fields, "client_id")?, in_body),
        };
        notes.client = Some(id.to_owned());
        let client = simulator.client(id).ok_or_else(SimulatedRefusal::invalid_client)?;
        match (secret, &client.secret) {
            (None, _) => Ok(Self { client, authenticated: false }),
            (Some(given), Some(known)) if given == known => Ok(Self { client, authenticated: true }),
            (Some(_), _) => Err(SimulatedRefusal::invalid_client()),
        }
    }
}

impl PkceChallenge {
    fn meets(&self, verifier: &str) -> Option<RecordedPkce> {
        let (met, method) = match self {
            Self::S256(digest) => {
                (BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes())) == *digest, RecordedPkce::S256)
            }
            Self::Plain(text) => (verifier == text, RecordedPkce::Plain),
        };
        met.then_some(method)
    }
}
