//! Who may ask for a route, and what the route table says about each.

use std::fmt;
use std::panic::AssertUnwindSafe;
use std::rc::Rc;

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::middleware::Next as Inner;
use actix_web::{Error, HttpMessage, Route, web};
use futures_util::FutureExt;

use crate::app::App;
use crate::platform::fault::Fault;
use crate::text_enum;
use crate::web::csrf;
use crate::web::current_player::CurrentPlayer;
use crate::web::error::PageError;
use crate::web::notice::Notice;
use crate::web::pending_action::PendingAction;
use crate::web::request_context::RequestContext;
use crate::web::responses;
use crate::web::staff_member::{CurrentStaffMember, Permission};
use crate::web::urls::{self, NextAddress};

text_enum! {
    /// What a service key allows.
    pub enum Scope {
        /// Players, and the states of their links.
        PlayersRead = "players:read",
        /// Amazon access tokens of linked players.
        TokensIssue = "tokens:issue",
        /// The feed of link events.
        EventsRead = "events:read",
        /// Codes with which a player links an Amazon account.
        LinksStart = "links:start",
    }
}

/// Who may ask for a route.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Anyone,
    /// Pages for signing in; a signed-in player is sent to the account page.
    SignedOut,
    Player,
    /// Staff with this permission. Other staff get 404, and everybody else is sent to the staff sign-in.
    Staff(Permission),
    /// A game. The gateway checks its credential, which is in the address or signs a nonce.
    Game,
    /// A game server. The service API checks its key and this scope.
    Service(Scope),
}

/// As `dovetail routes` prints it.
impl fmt::Display for Audience {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Anyone => f.write_str("anyone"),
            Self::SignedOut => f.write_str("signed_out"),
            Self::Player => f.write_str("player"),
            Self::Staff(permission) => write!(f, "staff:{permission}"),
            Self::Game => f.write_str("game"),
            Self::Service(scope) => write!(f, "service:{scope}"),
        }
    }
}

/// One route: address, audience, and whether fresh proof of identity is needed.
#[derive(Clone)]
pub struct RouteRule {
    pub method: Method,
    pub path: &'static str,
    pub who: Audience,
    pub fresh: bool,
    pub handler: fn() -> Route,
}

/// What the form extractor has to check, because only it reads the body.
#[derive(Clone, Copy)]
pub struct RouteRequirements {
    pub fresh: bool,
}

/// The pattern of the route that a request has reached, so that nobody has to look for it again.
#[derive(Clone, Copy)]
pub struct RoutePattern(pub &'static str);

/// Marks a request that was refused because a member of staff lacks this permission.
///
/// The session middleware records it (S125), because this toolkit cannot write audit records.
#[derive(Clone, Copy)]
pub struct MissingPermission(pub Permission);

/// Enforces audience and fresh proof. A panic of a handler ends only its own request (S102).
pub async fn admit_request(
    RouteRule { path, who, fresh, .. }: RouteRule,
    request: ServiceRequest,
    inner: Inner<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    request.extensions_mut().insert(RoutePattern(path));
    let current_player = request.extensions().get::<Rc<CurrentPlayer>>().cloned();
    match (who, &current_player) {
        (Audience::SignedOut, Some(_)) => {
            return Ok(request.into_response(responses::see_other(urls::ACCOUNT)));
        }
        (Audience::Player, None) => {
            let mut answer = responses::see_other(&sign_in_address(&request));
            if page_of_form(&request).is_some()
                && let Ok(context) = RequestContext::of(request.request())
            {
                answer = Notice::warn("session_over").attach_to(&context, answer);
            }
            return Ok(request.into_response(answer));
        }
        (Audience::Staff(permission), _) => {
            let staff = request.extensions().get::<Rc<CurrentStaffMember>>().cloned();
            match staff {
                None => {
                    let path = staff_sign_in_address(&request);
                    return Ok(request.into_response(responses::see_other(&path)));
                }
                Some(staff) if !staff.may(permission) => {
                    request.extensions_mut().insert(MissingPermission(permission));
                    return Ok(request.error_response(PageError::NotFound));
                }
                Some(_) => {}
            }
        }
        _ => {}
    }
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD);
    if fresh && is_read {
        match RequestContext::of(request.request()) {
            Ok(context) if !context.is_fresh() => {
                let target = request.uri().to_string();
                let pending = PendingAction::cookie(&context, false, target, String::new());
                return Ok(request.into_response(PendingAction::ask_for_proof(&context, pending)));
            }
            Ok(_) => {}
            Err(error) => return Ok(request.error_response(error)),
        }
    }
    request.extensions_mut().insert(RouteRequirements { fresh });
    let http_request = request.request().clone();
    if let Ok(result) = AssertUnwindSafe(inner.call(request)).catch_unwind().await {
        return result;
    }
    let fault = Fault::broken("handling a request", "a handler panicked");
    let response = actix_web::ResponseError::error_response(&PageError::from(fault));
    Ok(ServiceResponse::new(http_request, response))
}

/// The address of sign-in, with the address of a GET as `next`.
fn sign_in_address(request: &ServiceRequest) -> String {
    let next = next_of_get(request, NextAddress::parse).or_else(|| page_of_form(request));
    match next {
        Some(next) if next.as_str() != urls::ACCOUNT => next.on(urls::SIGN_IN),
        _ => urls::SIGN_IN.to_owned(),
    }
}

/// The address of the staff sign-in, with the address of a GET as `next`.
fn staff_sign_in_address(request: &ServiceRequest) -> String {
    match next_of_get(request, NextAddress::parse_at_desk) {
        Some(next) if next.as_str() != urls::SUPPORT => next.on(urls::STAFF_SIGN_IN),
        _ => urls::STAFF_SIGN_IN.to_owned(),
    }
}

/// The page of a form whose session ended while it was filled in.
fn page_of_form(request: &ServiceRequest) -> Option<NextAddress> {
    let is_page = |path: &str| NextAddress::parse(path).is_some();
    let page = urls::page_of_form(request.path(), is_page).filter(|_| is_form_of_portal(request));
    page.and_then(NextAddress::parse)
}

/// Whether a page of the portal sent this form.
fn is_form_of_portal(request: &ServiceRequest) -> bool {
    let app = request.app_data::<web::Data<App>>();
    let origin = app.map(|app| app.config.http.public_url.origin().ascii_serialization());
    *request.method() == Method::POST
        && origin.is_some_and(|origin| csrf::is_same_origin(request.headers(), &origin))
}

/// The address of a GET, if a sign-in may return there.
fn next_of_get(request: &ServiceRequest, parse: fn(&str) -> Option<NextAddress>) -> Option<NextAddress> {
    let target = request.uri().path_and_query().map_or("/", |path| path.as_str());
    parse(target).filter(|_| *request.method() == Method::GET)
}
