//! The `tokeninfo` endpoint and the two profile endpoints.

use actix_web::{HttpRequest, HttpResponse};
use serde::Serialize;

use super::clients::{RegisteredClient, STRANGER_CLIENT_ID};
use super::customers::SimulatedCustomer;
use super::recorder::{CallNotes, TokenKind};
use super::request_parsing::{self, FormBody, RequestParameters};
use super::responses::{self, ResponseFamily, SimulatedRefusal};
use super::state::{IssuedAccessToken, SimulatorState};
use super::{Simulator, random, scopes};

#[derive(Serialize)]
struct TokenInfoBody<'a> {
    aud: &'a str,
    user_id: String,
    iss: &'static str,
    /// Seconds left, not a date.
    exp: i64,
    app_id: &'a str,
    iat: i64,
}

#[derive(Serialize)]
struct ProfileBody {
    user_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrappedBody {
    profile: WrappedProfileBody,
    #[serde(rename = "Request-Id")]
    request_id: String,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct WrappedProfileBody {
    customer_id: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    primary_email: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    postal_code: Option<String>,
}

/// `GET /auth/o2/tokeninfo`.
pub(super) fn tokeninfo(
    simulator: &Simulator,
    req: &HttpRequest,
    _: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let simulator_state = simulator.lock_state();
    let headers = !simulator_state.switches.tokeninfo_by_query_only;
    match bearer(simulator, &simulator_state, req, headers, notes) {
        Err(refusal) => refusal.two_fields().answer(&simulator_state),
        Ok(PresentedToken { access, client, customer }) => {
            let aud = if simulator_state.switches.wrong_audience {
                STRANGER_CLIENT_ID
            } else {
                &access.grant.client
            };
            let info = TokenInfoBody {
                aud,
                user_id: customer.user_id(&client.company),
                iss: "https://www.amazon.com",
                exp: (access.expires_at - simulator_state.now()).num_seconds(),
                app_id: &access.grant.app,
                iat: access.issued_at.timestamp(),
            };
            responses::success(&simulator_state, ResponseFamily::TokenInfo, &info)
        }
    }
}

/// `GET /user/profile`.
pub(super) fn profile(
    simulator: &Simulator,
    req: &HttpRequest,
    _: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let simulator_state = simulator.lock_state();
    match read(simulator, &simulator_state, req, notes) {
        Ok(profile) => responses::success(&simulator_state, ResponseFamily::Profile, &profile),
        Err(refusal) => refusal.of_profile().answer(&simulator_state),
    }
}

/// `GET /ap/user/profile`, as the browser SDK and old clients use it.
pub(super) fn wrapped(
    simulator: &Simulator,
    req: &HttpRequest,
    _: &FormBody,
    notes: &mut CallNotes,
) -> HttpResponse {
    let simulator_state = simulator.lock_state();
    match read(simulator, &simulator_state, req, notes) {
        Ok(ProfileBody { user_id, name, email, postal_code }) => {
            let profile =
                WrappedProfileBody { customer_id: user_id, name, primary_email: email, postal_code };
            let body = WrappedBody { profile, request_id: random::uuid().to_string() };
            responses::success(&simulator_state, ResponseFamily::Profile, &body)
        }
        Err(refusal) => refusal.of_profile().answer(&simulator_state),
    }
}

fn read(
    simulator: &Simulator,
    simulator_state: &SimulatorState,
    req: &HttpRequest,
    notes: &mut CallNotes,
) -> Result<ProfileBody, SimulatedRefusal> {
    let PresentedToken { access, client, mut customer } =
        bearer(simulator, simulator_state, req, true, notes)?;
    let has = |scope| scopes::has(&access.grant.scopes, scope);
    if ![scopes::PROFILE, scopes::USER_ID, scopes::POSTAL_CODE].into_iter().any(has) {
        return Err(SimulatedRefusal::new(
            "insufficient_scope",
            "The access token does not have the required scope",
        ));
    }
    if simulator_state.switches.wrong_customer {
        customer.key.push_str("-not");
    }
    Ok(ProfileBody {
        user_id: customer.user_id(&client.company),
        name: customer.name.filter(|_| has(scopes::PROFILE)),
        email: customer.email.filter(|_| has(scopes::PROFILE)),
        postal_code: customer.postal_code.filter(|_| has(scopes::POSTAL_CODE)),
    })
}

struct PresentedToken<'a> {
    access: &'a IssuedAccessToken,
    client: &'a RegisteredClient,
    customer: SimulatedCustomer,
}

/// The access token of a request.
///
/// It may stand in several places if it is the same in all, as shipped clients send it. A switch demands one place
/// (RFC 6750 §2).
/// The places are the query and, with `headers`, the bearer header and `x-amz-access-token`.
fn bearer<'a>(
    simulator: &'a Simulator,
    simulator_state: &'a SimulatorState,
    req: &HttpRequest,
    headers: bool,
    notes: &mut CallNotes,
) -> Result<PresentedToken<'a>, SimulatedRefusal> {
    let query = RequestParameters::query(req);
    let bearer = request_parsing::authorization(req.headers())
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let header = req.headers().get("x-amz-access-token").and_then(|token| token.to_str().ok());
    let in_headers = bearer.map(|(_, token)| token).into_iter().chain(header).filter(|_| headers);
    let given = query.all("access_token").chain(in_headers);
    let given: Vec<&str> = given.filter(|token| !token.is_empty()).collect();
    let [token, others @ ..] = given.as_slice() else {
        return Err(SimulatedRefusal::missing("access_token"));
    };
    if others.iter().any(|other| simulator_state.switches.strict_credentials || other != token) {
        return Err(SimulatedRefusal::malformed());
    }
    notes.token = Some(TokenKind::Unknown);
    let invalid = || SimulatedRefusal::invalid("invalid_token", "access_token");
    let access = simulator_state.access(token).ok_or_else(invalid)?;
    notes.token = Some(TokenKind::Access);
    notes.client = Some(access.grant.client.clone());
    let client = simulator.client(&access.grant.client).ok_or_else(invalid)?;
    let customer = simulator_state.customer(&access.grant.customer).ok_or_else(invalid)?;
    Ok(PresentedToken { access, client, customer })
}
