//! The session cookie: actix-session signs it, and these functions say what it carries (S21).
//!
//! The cookie holds the session's token. The store hands the token on and writes nothing, because the verbs write the
//! rows in their own transactions.

use std::collections::HashMap;

use actix_session::SessionMiddleware;
use actix_session::config::{BrowserSession, CookieContentSecurity};
use actix_session::storage::{LoadError, SaveError, SessionKey, SessionStore, UpdateError};
use actix_web::body::BoxBody;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, SameSite};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};

use crate::web::cookies::SealedCookies;
use crate::web::session::{CookieLifetime, TOKEN};

/// The layer of actix-session. Its cookie ends with the browser window.
pub fn session_cookie(cookies: &SealedCookies) -> SessionMiddleware<TokenStore> {
    let (key, name) = cookies.session_cookie();
    SessionMiddleware::builder(TokenStore, key)
        .cookie_name(name)
        .cookie_secure(cookies.is_secure())
        .cookie_http_only(true)
        .cookie_same_site(SameSite::Lax)
        .cookie_path("/".to_owned())
        .cookie_content_security(CookieContentSecurity::Signed)
        .session_lifecycle(BrowserSession::default())
        .build()
}

/// Adds `Max-Age` to the cookie of a session that outlives the browser window (docs/adr/0013-a-cookie-lifetime-for-each-session.md).
///
/// actix-session has one lifetime for all sessions, so this layer stands around it.
pub async fn with_cookie_lifetime(
    request: ServiceRequest,
    inner: Next<BoxBody>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let mut response = inner.call(request).await?;
    let lifetime = response.request().extensions().get::<CookieLifetime>().copied();
    let cookies = response.request().app_data::<web::Data<SealedCookies>>().cloned();
    if let (Some(CookieLifetime(lifetime)), Some(cookies)) = (lifetime, cookies) {
        let (_, name) = cookies.session_cookie();
        let sent = response.response().cookies().find(|cookie| cookie.name() == name);
        if let Some(mut cookie) = sent.map(Cookie::into_owned) {
            cookie.set_max_age(Duration::seconds(lifetime.num_seconds()));
            response.response_mut().del_cookie(&name);
            response.response_mut().add_cookie(&cookie)?;
        }
    }
    Ok(response)
}

/// The store of actix-session, which keeps nothing.
pub struct TokenStore;

type CookieState = HashMap<String, String>;

impl SessionStore for TokenStore {
    async fn load(&self, key: &SessionKey) -> Result<Option<CookieState>, LoadError> {
        let token = serde_json::to_string(key.as_ref()).map_err(|error| LoadError::Other(error.into()))?;
        Ok(Some(HashMap::from([(TOKEN.to_owned(), token)])))
    }

    async fn save(&self, state: CookieState, _: &Duration) -> Result<SessionKey, SaveError> {
        token_of(&state).map_err(SaveError::Other)
    }

    async fn update(
        &self,
        _: SessionKey,
        state: CookieState,
        _: &Duration,
    ) -> Result<SessionKey, UpdateError> {
        token_of(&state).map_err(UpdateError::Other)
    }

    async fn update_ttl(&self, _: &SessionKey, _: &Duration) -> Result<(), anyhow::Error> {
        Ok(())
    }

    /// Does nothing, because the verb that signed out has deleted the row.
    async fn delete(&self, _: &SessionKey) -> Result<(), anyhow::Error> {
        Ok(())
    }
}

fn token_of(state: &CookieState) -> Result<SessionKey, anyhow::Error> {
    let token = state.get(TOKEN).ok_or_else(|| anyhow::Error::msg("a session has no token"))?;
    Ok(serde_json::from_str::<String>(token)?.try_into()?)
}

#[cfg(test)]
mod tests {
    use actix_session::Session;
    use actix_web::http::header::{COOKIE, SET_COOKIE};
    use actix_web::middleware::from_fn;
    use actix_web::test::{TestRequest, call_service, init_service, read_body};
    use actix_web::{App, HttpRequest, HttpResponse};
    use chrono::TimeDelta;

    use super::*;

    /// A cookie as the first release wrote it, signed with sixty-four bytes of 7.
    const OLD_COOKIE: &str = "session=SdJWShumyt1rgNZUZ9hFOpY8pIjj6iEQCrdJxtASvKg%3D\
                              AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

    /// The cookies that the response sets, and its body.
    async fn response_to(path: &str, cookie: &str) -> (Vec<String>, String) {
        let cookies = SealedCookies::new(&[7; 64], false);
        let read =
            |session: Session| async move { session.get::<String>(TOKEN).unwrap().unwrap_or_default() };
        let sign_in = |session: Session| async move {
            session.insert(TOKEN, "new").unwrap();
            HttpResponse::Ok().finish()
        };
        let remember = |request: HttpRequest, session: Session| async move {
            request.extensions_mut().insert(CookieLifetime(TimeDelta::days(30)));
            session.insert(TOKEN, "new").unwrap();
            HttpResponse::Ok().finish()
        };
        let service = App::new()
            .app_data(web::Data::new(cookies.clone()))
            .route("/read", web::get().to(read))
            .route("/sign-in", web::get().to(sign_in))
            .route("/remember", web::get().to(remember))
            .wrap(session_cookie(&cookies))
            .wrap(from_fn(with_cookie_lifetime));
        let request = TestRequest::with_uri(path).insert_header((COOKIE, cookie)).to_request();
        let response = call_service(&init_service(service).await, request).await;
        let sent = response.headers().get_all(SET_COOKIE).map(|line| line.to_str().unwrap().to_owned());
        let sent = sent.collect();
        (sent, String::from_utf8(read_body(response).await.to_vec()).unwrap())
    }

    #[tokio::test]
    async fn a_cookie_of_an_earlier_release_is_read() {
        let (sent, token) = response_to("/read", OLD_COOKIE).await;
        assert!(sent.is_empty(), "{sent:?}");
        assert_eq!(token, "A".repeat(43));
    }

    #[tokio::test]
    async fn only_a_remembered_session_outlives_the_browser_window() {
        let (sent, _) = response_to("/sign-in", OLD_COOKIE).await;
        assert!(sent.len() == 1 && !sent[0].contains("Max-Age"), "{sent:?}");
        let (sent, _) = response_to("/remember", OLD_COOKIE).await;
        assert!(sent.len() == 1 && sent[0].contains("Max-Age=2592000"), "{sent:?}");
        let cookie = sent[0].split(';').next().unwrap();
        assert_eq!(response_to("/read", cookie).await.1, "new");
    }
}
