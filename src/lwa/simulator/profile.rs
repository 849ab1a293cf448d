//! Whose token is this, and who is that: `tokeninfo` and the two profile addresses.
//!
//! Promises rows 18 to 21 of the contract's section 26.2.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::clients::{Client, STRANGER_CLIENT_ID};
use super::customers::Customer;
use super::recorder::{Seen, TokenKind};
use super::request_parsing::{self, Body, Fields};
use super::responses::{self, Family, Refusal};
use super::state::{Access, World};
use super::{Simulator, random, scopes};

#[derive(Serialize)]
struct TokenInfo<'a> {
    iss: &'static str,
    user_id: String,
    aud: &'a str,
    app_id: &'a str,
    /// Seconds left, not an instant.
    exp: i64,
    iat: i64,
}

#[derive(Serialize)]
struct Profile {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Wrapped {
    profile: WrappedProfile,
    #[serde(rename = "Request-Id")]
    request_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrappedProfile {
    customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
}

/// `GET /auth/o2/tokeninfo`.
pub(super) fn tokeninfo(simulator: &Simulator, req: &HttpRequest, _: &Body, seen: &mut Seen) -> HttpResponse {
    let world = simulator.world();
    let headers = !world.switches.tokeninfo_by_query_only;
    match bearer(simulator, &world, req, headers, seen) {
        Err(refusal) => refusal.two_fields().answer(&world),
        Ok(Bearer { access, client, customer }) => {
            let aud = if world.switches.wrong_audience { STRANGER_CLIENT_ID } else { &access.grant.client };
            let info = TokenInfo {
                iss: "https://www.amazon.com",
                user_id: customer.user_id(&client.company),
                aud,
                app_id: &access.grant.app,
                exp: (access.expires_at - world.now()).num_seconds(),
                iat: access.issued_at.timestamp(),
            };
            responses::success(&world, Family::TokenInfo, &info)
        }
    }
}

/// `GET /user/profile`.
pub(super) fn profile(simulator: &Simulator, req: &HttpRequest, _: &Body, seen: &mut Seen) -> HttpResponse {
    let world = simulator.world();
    match read(simulator, &world, req, seen) {
        Ok(profile) => responses::success(&world, Family::Profile, &profile),
        Err(refusal) => refusal.of_profile().answer(&world),
    }
}

/// `GET /ap/user/profile`, as the browser SDK and old clients have it.
pub(super) fn wrapped(simulator: &Simulator, req: &HttpRequest, _: &Body, seen: &mut Seen) -> HttpResponse {
    let world = simulator.world();
    match read(simulator, &world, req, seen) {
        Ok(Profile { user_id, email, name, postal_code }) => {
            let profile = WrappedProfile { customer_id: user_id, name, primary_email: email, postal_code };
            let body = Wrapped { profile, request_id: random::uuid().to_string() };
            responses::success(&world, Family::Profile, &body)
        }
        Err(refusal) => refusal.of_profile().answer(&world),
    }
}

fn read(
    simulator: &Simulator,
    world: &World,
    req: &HttpRequest,
    seen: &mut Seen,
) -> Result<Profile, Refusal> {
    let Bearer { access, client, mut customer } = bearer(simulator, world, req, true, seen)?;
    let has = |scope| scopes::has(&access.grant.scopes, scope);
    if ![scopes::PROFILE, scopes::USER_ID, scopes::POSTAL_CODE].into_iter().any(has) {
        return Err(Refusal::new("insufficient_scope", "The access token does not have the required scope"));
    }
    if world.switches.wrong_customer {
        customer.key.push_str("-not");
    }
    Ok(Profile {
        user_id: customer.user_id(&client.company),
        email: customer.email.filter(|_| has(scopes::PROFILE)),
        name: customer.name.filter(|_| has(scopes::PROFILE)),
        postal_code: customer.postal_code.filter(|_| has(scopes::POSTAL_CODE)),
    })
}

struct Bearer<'a> {
    access: &'a Access,
    client: &'a Client,
    customer: Customer,
}

/// The token of a request: in the query or, where `headers` are read, as a bearer or in Amazon's own header; in one
/// place only (RFC 6750 §2).
fn bearer<'a>(
    simulator: &'a Simulator,
    world: &'a World,
    req: &HttpRequest,
    headers: bool,
    seen: &mut Seen,
) -> Result<Bearer<'a>, Refusal> {
    let query = Fields::query(req);
    let bearer = request_parsing::authorization(req.headers())
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let header = req.headers().get("x-amz-access-token").and_then(|token| token.to_str().ok());
    let in_headers = bearer.map(|(_, token)| token).into_iter().chain(header).filter(|_| headers);
    let given = query.all("access_token").chain(in_headers);
    let given: Vec<&str> = given.filter(|token| !token.is_empty()).collect();
    let token = match given.as_slice() {
        [] => return Err(Refusal::missing("access_token")),
        [token] => token,
        _ => return Err(Refusal::malformed()),
    };
    seen.token = Some(TokenKind::Unknown);
    let invalid = || Refusal::invalid("invalid_token", "access_token");
    let access = world.access(token).ok_or_else(invalid)?;
    seen.token = Some(TokenKind::Access);
    seen.client = Some(access.grant.client.clone());
    let client = simulator.client(&access.grant.client).ok_or_else(invalid)?;
    let customer = world.customer(&access.grant.customer).ok_or_else(invalid)?;
    Ok(Bearer { access, client, customer })
}
