//! Posted forms: read within limits, checked against cross-site requests, then parsed into a type.

use std::future::Future;
use std::pin::Pin;

use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use futures_util::StreamExt;
use serde::de::DeserializeOwned;
use serde::de::value::MapDeserializer;

use crate::web::csrf;
use crate::web::error::PageError;
use crate::web::guard::RouteRequirements;
use crate::web::pending_action::PendingAction;
use crate::web::refused_form::{OutdatedForm, PostedForm};
use crate::web::request_context::RequestContext;
use crate::web::{responses, urls};

/// The most fields of a form. Its size and the time for its arrival are settings (S97).
const MAX_FIELDS: usize = 64;

/// The fields that a browser may send to one route: texts. Unknown fields are ignored, missing ones are empty.
pub trait ParsedForm: DeserializeOwned {
    /// Whether the form may be kept while its sender proves their identity. False for forms with secrets.
    const MAY_WAIT: bool = true;
    /// Whether the form may be too long to be kept.
    ///
    /// The handler then gets such a form without proof and must check [`RequestContext::is_fresh`] itself. Its page
    /// can show the typed text again instead of losing it.
    const MAY_BE_LONG: bool = false;
}

/// A form with a valid CSRF token, no repeated field, and the fresh proof that its route asks for.
pub struct PostForm<T>(pub T);

impl<T: ParsedForm + 'static> FromRequest for PostForm<T> {
    type Error = PageError;
    type Future = Pin<Box<dyn Future<Output = Result<Self, PageError>>>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        let payload = payload.take();
        Box::pin(async move {
            let context = RequestContext::of(&request)?;
            let limits = &context.app.config.limits.request;
            let body = tokio::time::timeout(limits.body_deadline, read(&request, payload, limits.form))
                .await
                .map_err(|_| PageError::BadRequest)??;
            let fields = accepted(&context, &body)?;
            let needs_proof =
                request.extensions().get::<RouteRequirements>().is_some_and(|needs| needs.fresh);
            if needs_proof && !context.is_fresh() {
                let kept = if T::MAY_WAIT { encoded(&fields) } else { String::new() };
                let target = request.uri().path().to_owned();
                let cookie = PendingAction::cookie(&context, T::MAY_WAIT, target, kept);
                if cookie.is_some() || !T::MAY_BE_LONG {
                    let response = PendingAction::ask_for_proof(&context, cookie);
                    return Err(PageError::SeeOther(Box::new(response)));
                }
            }
            Ok(Self(parsed(&fields)?))
        })
    }
}

/// Parses a form that was kept during proof of identity.
pub fn parsed_kept<T: ParsedForm>(form: &str) -> Result<PostForm<T>, PageError> {
    let fields: Vec<_> = url::form_urlencoded::parse(form.as_bytes()).into_owned().collect();
    parsed(&fields).map(PostForm)
}

/// Whether text from an address can be an id of the portal.
///
/// Other text is not looked up, because PostgreSQL answers a NUL with an error.
pub fn may_be_id(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn parsed<T: ParsedForm>(fields: &[(String, String)]) -> Result<T, PageError> {
    let fields = fields.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    T::deserialize(MapDeserializer::<_, serde::de::value::Error>::new(fields))
        .map_err(|_| PageError::BadRequest)
}

fn encoded(fields: &[(String, String)]) -> String {
    url::form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// The fields, if the CSRF token is valid and no field is repeated (S32, S33, S112).
fn accepted(context: &RequestContext, body: &[u8]) -> Result<Vec<(String, String)>, PageError> {
    let mut fields: Vec<(String, String)> = Vec::new();
    for (name, value) in url::form_urlencoded::parse(body).into_owned() {
        // People type no NUL, and text columns of PostgreSQL refuse it.
        let is_hostile = name.contains('\0') || value.contains('\0');
        if is_hostile || fields.len() == MAX_FIELDS || fields.iter().any(|(known, _)| *known == name) {
            return Err(PageError::BadRequest);
        }
        fields.push((name, value));
    }
    let origin = context.app.config.http.public_url.origin().ascii_serialization();
    if !csrf::is_same_origin(context.request.headers(), &origin) {
        return Err(PageError::Csrf);
    }
    PostedForm::of(context.request.path(), &fields).put_on(context);
    if context.request.path() == urls::SIGN_OUT && context.current_player.is_none() {
        // There is nothing to end, so that the token of the session that has ended already does not matter.
        return Ok(fields);
    }
    let token = fields.iter().position(|(name, _)| name == "csrf").map(|at| fields.swap_remove(at).1);
    let Some(token) = token else { return Err(PageError::Csrf) };
    let is_of = |secret: &str| csrf::is_valid_csrf_token(&context.app.keys.csrf, secret, &token);
    if !is_of(context.csrf_secret()) {
        // The visitor's form that signs in was sent twice, or another tab has signed in. The result is the account.
        let was_visitors = context.current_player.is_some() && is_of(context.visitor_csrf_secret());
        if was_visitors && urls::signs_in(context.request.path()) {
            return Err(PageError::SeeOther(Box::new(responses::see_other(urls::ACCOUNT))));
        }
        // A visitor's token belongs to a cookie. Reloading the page does not help a browser that keeps none.
        if !context.has_cookies() {
            return Err(PageError::CookiesNeeded);
        }
        context.request.extensions_mut().insert(OutdatedForm::of(&fields));
        return Err(PageError::Csrf);
    }
    Ok(fields)
}

async fn read(request: &HttpRequest, mut payload: Payload, max_bytes: usize) -> Result<Vec<u8>, PageError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let is_form = kind
        .split(';')
        .next()
        .is_some_and(|kind| kind.trim().eq_ignore_ascii_case("application/x-www-form-urlencoded"));
    if !is_form {
        return Err(PageError::BadRequest);
    }
    let mut body = Vec::new();
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| PageError::BadRequest)?;
        if body.len() + chunk.len() > max_bytes {
            return Err(PageError::TooLarge);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}
