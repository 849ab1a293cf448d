//! The token endpoint: codes, refresh tokens and device codes become access tokens.
//!
//! Promises rows 9 to 17 of the contract's section 26.2, with the texts of section 9.

use actix_web::{HttpRequest, HttpResponse};
use data_encoding::BASE64URL_NOPAD;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::clients::{Client, Kind};
use super::consent::Challenge;
use super::recorder::{Call, Pkce, Seen, TokenKind};
use super::request_parsing::{self, Body, Fields};
use super::responses::{self, Family, Refusal};
use super::settings::ForeignRefresh;
use super::state::{Grant, World};
use super::{Simulator, device};

/// The four fields, in the order of the contract's section 7.
#[derive(Serialize)]
pub(super) struct Tokens {
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

impl Tokens {
    pub(super) fn new(world: &mut World, grant: Grant, refresh_token: Option<String>) -> Self {
        let seconds = world.switches.access_token_lifetime;
        let expires_in = if world.switches.expires_in_as_string {
            Seconds::Text(seconds.to_string())
        } else {
            Seconds::Number(seconds)
        };
        Self { access_token: world.new_access_token(grant), refresh_token, token_type: "bearer", expires_in }
    }
}

/// Which call a request to the token endpoint is.
pub(super) fn call(body: &Body) -> Call {
    match body.fields.get("grant_type") {
        Some("authorization_code") => Call::Exchange,
        Some("refresh_token") => Call::Refresh,
        Some("device_code") => Call::Poll,
        _ => Call::Token,
    }
}

/// `POST /auth/o2/token`.
pub(super) fn token(simulator: &Simulator, req: &HttpRequest, body: &Body, seen: &mut Seen) -> HttpResponse {
    let answer = grant(simulator, req, body, seen);
    let world = simulator.world();
    match answer {
        Ok(tokens) => responses::success(&world, Family::Token, &tokens),
        Err(refusal) => refusal.answer(&world),
    }
}

fn grant(simulator: &Simulator, req: &HttpRequest, body: &Body, seen: &mut Seen) -> Result<Tokens, Refusal> {
    let misplaced = body.fields.get("grant_type").is_none() && Fields::query(req).get("grant_type").is_some();
    if body.malformed || misplaced {
        return Err(Refusal::malformed());
    }
    match call(body) {
        Call::Exchange => exchange(simulator, req, &body.fields, seen),
        Call::Refresh => refresh(simulator, req, &body.fields, seen),
        Call::Poll => device::poll(simulator, &body.fields, seen),
        _ => Err(Refusal::unsupported_grant_type()),
    }
}

fn exchange(
    simulator: &Simulator,
    req: &HttpRequest,
    fields: &Fields,
    seen: &mut Seen,
) -> Result<Tokens, Refusal> {
    let text = required(fields, "code")?;
    let redirect_uri = required(fields, "redirect_uri")?;
    let caller = Caller::identify(simulator, req, fields, seen)?;

    let mut world = simulator.world();
    let now = world.now();
    seen.token = Some(TokenKind::Unknown);
    let code = world.codes.get(text).filter(|code| code.expires_at > now);
    let code = code.ok_or_else(|| Refusal::invalid_grant("code"))?;
    seen.token = Some(TokenKind::AuthorizationCode);
    if code.grant.client != caller.client.id {
        return Err(Refusal::invalid_grant("code"));
    }
    if code.redirect_uri != redirect_uri {
        return Err(Refusal::invalid_grant("redirect_uri"));
    }
    if let Some(challenge) = &code.challenge {
        let proven = fields.get("code_verifier").and_then(|verifier| challenge.meets(verifier));
        seen.pkce = Some(proven.ok_or_else(|| Refusal::invalid_grant("code"))?);
    }
    // A public client is one that proves itself by its verifier (row 13).
    if !caller.authenticated && seen.pkce.is_none() {
        return Err(Refusal::missing("client_secret"));
    }
    let grant = code.grant.clone();
    world.codes.remove(text);
    let refresh_token = caller.authenticated.then(|| world.new_refresh_token(grant.clone()));
    Ok(Tokens::new(&mut world, grant, refresh_token))
}

fn refresh(
    simulator: &Simulator,
    req: &HttpRequest,
    fields: &Fields,
    seen: &mut Seen,
) -> Result<Tokens, Refusal> {
    let token = required(fields, "refresh_token")?;
    let caller = Caller::identify(simulator, req, fields, seen)?;
    if caller.client.kind == Kind::Web && !caller.authenticated {
        return Err(Refusal::missing("client_secret"));
    }

    let mut world = simulator.world();
    seen.token = Some(TokenKind::Unknown);
    let grant = world.kept.refresh_tokens.get(token).cloned().ok_or_else(Refusal::invalid_refresh_token)?;
    seen.token = Some(TokenKind::Refresh);
    if grant.client != caller.client.id {
        return Err(match world.switches.foreign_refresh_token {
            ForeignRefresh::UnauthorizedClient => Refusal::unauthorized_client(),
            ForeignRefresh::InvalidGrant => Refusal::invalid_refresh_token(),
        });
    }
    let refresh_token = if world.switches.rotate_refresh_tokens {
        world.kept.refresh_tokens.remove(token);
        world.new_refresh_token(grant.clone())
    } else {
        token.to_owned()
    };
    Ok(Tokens::new(&mut world, grant, Some(refresh_token)))
}

pub(super) fn required<'a>(fields: &'a Fields, name: &str) -> Result<&'a str, Refusal> {
    fields.get(name).ok_or_else(|| Refusal::missing(name))
}

/// The client that calls.
struct Caller<'a> {
    client: &'a Client,
    /// It brought its secret.
    authenticated: bool,
}

impl<'a> Caller<'a> {
    /// By body or by Basic header, never by both (RFC 6749 §2.3).
    fn identify(
        simulator: &'a Simulator,
        req: &HttpRequest,
        fields: &Fields,
        seen: &mut Seen,
    ) -> Result<Self, Refusal> {
        let basic = request_parsing::basic(req.headers()).map_err(|()| Refusal::invalid_client())?;
        let in_body = fields.get("client_secret");
        if basic.is_some() && in_body.is_some() {
            return Err(Refusal::malformed());
        }
        let (id, secret) = match &basic {
            Some((id, secret)) => (id.as_str(), Some(secret.as_str())),
            None => (required(fields, "client_id")?, in_body),
        };
        seen.client = Some(id.to_owned());
        let client = simulator.client(id).ok_or_else(Refusal::invalid_client)?;
        match (secret, &client.secret) {
            (None, _) => Ok(Self { client, authenticated: false }),
            (Some(given), Some(known)) if given == known => Ok(Self { client, authenticated: true }),
            (Some(_), _) => Err(Refusal::invalid_client()),
        }
    }
}

impl Challenge {
    fn meets(&self, verifier: &str) -> Option<Pkce> {
        let (met, method) = match self {
            Self::S256(digest) => {
                (BASE64URL_NOPAD.encode(&Sha256::digest(verifier.as_bytes())) == *digest, Pkce::S256)
            }
            Self::Plain(text) => (verifier == text, Pkce::Plain),
        };
        met.then_some(method)
    }
}
