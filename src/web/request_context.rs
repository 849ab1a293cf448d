//! One request as a handler sees it: who asks, from where, in which language, and the portal itself.

use std::future::{Ready, ready};
use std::rc::Rc;
use std::sync::Arc;

use actix_session::SessionExt;
use actix_web::dev::Payload;
use actix_web::http::header::ACCEPT_LANGUAGE;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use secrecy::ExposeSecret;

use crate::app::App;
use crate::platform::crypto::token::{OpaqueToken, TokenHash};
use crate::platform::fault::Fault;
use crate::platform::i18n::Language;
use crate::platform::ids::SessionId;
use crate::web::caller::Caller;
use crate::web::cookies::{CookieName, SealedCookies};
use crate::web::current_player::CurrentPlayer;
use crate::web::error::PageError;
use crate::web::refused_form::HeldMark;
use crate::web::request_log::Reference;
use crate::web::session::{CookieLifetime, NewToken, TOKEN};
use crate::web::staff_member::CurrentStaffMember;
use crate::web::{csrf, responses};

/// A request with its caller, the current player or member of staff, and the portal.
#[derive(Clone)]
pub struct RequestContext {
    pub app: Arc<App>,
    pub cookies: SealedCookies,
    pub current_player: Option<Rc<CurrentPlayer>>,
    /// Under `/support` only.
    pub staff: Option<Rc<CurrentStaffMember>>,
    pub caller: Rc<Caller>,
    pub language: Language,
    /// The id of this request in the log.
    pub reference: Reference,
    pub now: DateTime<Utc>,
    pub request: HttpRequest,
    browser: Rc<Browser>,
}

/// Marks a request whose page has shown the notice from the cookie.
#[derive(Clone, Copy)]
pub struct FlashShown;

/// The random value that a browser has in a cookie from its first page on.
pub struct Browser {
    token: OpaqueToken,
    is_new: bool,
    sends_cookies: bool,
}

impl Browser {
    /// The value from the browser's cookie, or a new one.
    ///
    /// `sends_cookies` says whether the browser sent any cookie of the portal's.
    pub fn of(
        request: &HttpRequest,
        cookies: &SealedCookies,
        sends_cookies: bool,
        now: DateTime<Utc>,
    ) -> Result<Self, Fault> {
        let known = cookies
            .read::<String>(request, CookieName::Browser, now)
            .and_then(|text| OpaqueToken::parse(&text));
        match known {
            Some(token) => Ok(Self { token, is_new: false, sends_cookies }),
            None => Ok(Self { token: OpaqueToken::generate()?, is_new: true, sends_cookies }),
        }
    }

    /// The value, if the browser does not have it yet.
    pub fn new_value(&self) -> Option<&str> {
        self.is_new.then(|| self.token.expose())
    }
}

impl RequestContext {
    /// Collects what the layers have put on the request.
    pub fn of(request: &HttpRequest) -> Result<Self, PageError> {
        let missing = |what: &'static str| PageError::from(Fault::broken("reading a request", what));
        let app = request.app_data::<web::Data<App>>().ok_or(missing("no App"))?.clone().into_inner();
        let cookies = request.app_data::<web::Data<SealedCookies>>().ok_or(missing("no Cookies"))?;
        let cookies = cookies.get_ref().clone();
        let extensions = request.extensions();
        let caller = extensions.get::<Rc<Caller>>().ok_or(missing("no caller"))?.clone();
        let browser = extensions.get::<Rc<Browser>>().ok_or(missing("no browser"))?.clone();
        let reference = extensions.get::<Reference>().cloned().unwrap_or_default();
        let current_player = extensions.get::<Rc<CurrentPlayer>>().cloned();
        let staff = extensions.get::<Rc<CurrentStaffMember>>().cloned();
        drop(extensions);
        let now = app.clock.now();
        let language = language_of(request, &cookies, current_player.as_deref(), now);
        Ok(Self {
            app,
            cookies,
            current_player,
            staff,
            caller,
            language,
            reference,
            now,
            request: request.clone(),
            browser,
        })
    }

    /// The current player. Routes for players always have one.
    pub fn player(&self) -> Result<&CurrentPlayer, PageError> {
        self.current_player.as_deref().ok_or(PageError::NotFound)
    }

    /// The current member of staff. Routes for staff always have one.
    pub fn staff(&self) -> Result<&CurrentStaffMember, PageError> {
        self.staff.as_deref().ok_or(PageError::NotFound)
    }

    /// The session that asks: the staff session on support pages, otherwise the player's.
    pub fn session_id(&self) -> Option<&SessionId> {
        match (&self.staff, &self.current_player) {
            (Some(staff), _) => Some(&staff.session.id),
            (None, current_player) => {
                current_player.as_ref().map(|current_player| &current_player.session.id)
            }
        }
    }

    /// The session of the signed-in player.
    pub fn player_session_id(&self) -> Option<&SessionId> {
        self.current_player.as_ref().map(|current_player| &current_player.session.id)
    }

    /// The session of the member of staff, on support pages.
    pub fn staff_session_id(&self) -> Option<&SessionId> {
        self.staff.as_ref().map(|staff| &staff.session.id)
    }

    /// Whether the next request of this browser can be told from others: by its session, or by its random value.
    pub fn is_known_browser(&self) -> bool {
        self.session_id().is_some() || !self.browser.is_new
    }

    /// Whether the owner of the session proved a credential recently enough (S28).
    pub fn is_fresh(&self) -> bool {
        if let Some(staff) = &self.staff {
            return staff.is_fresh(self.now, self.app.staff_fresh_for());
        }
        self.current_player
            .as_ref()
            .is_some_and(|current_player| current_player.is_fresh(self.now, self.app.fresh_for()))
    }

    /// The hash to which open attempts and pending registrations of this browser are bound.
    pub fn browser_hash(&self) -> TokenHash {
        self.browser.token.hash()
    }

    /// Whether the browser sent any cookie of the portal's. A browser that keeps none can use no form.
    pub fn has_cookies(&self) -> bool {
        self.browser.sends_cookies
    }

    /// A CSRF token for the forms of this page.
    pub fn csrf_token(&self) -> Result<String, Fault> {
        csrf::csrf_token(&self.app.keys.csrf, self.csrf_secret())
    }

    pub(super) fn csrf_secret(&self) -> &str {
        match (&self.staff, &self.current_player) {
            (Some(staff), _) => &staff.session.csrf_secret,
            (None, Some(current_player)) => &current_player.session.csrf_secret,
            (None, None) => self.browser.token.expose(),
        }
    }

    /// Puts the token of a session row that a verb has just written into the cookie.
    fn send_token(&self, new: &NewToken) -> Result<(), Fault> {
        self.request
            .get_session()
            .insert(TOKEN, new.token.expose_secret())
            .map_err(|error| Fault::broken("setting the session cookie", error.to_string()))?;
        if new.is_remembered {
            let lifetime = CookieLifetime(self.app.session_lifetime(true).max);
            self.request.extensions_mut().insert(lifetime);
        }
        Ok(())
    }

    /// The secret of the forms that this browser got while nobody was signed in.
    pub(super) fn visitor_csrf_secret(&self) -> &str {
        self.browser.token.expose()
    }

    /// Redirects to `path` with the cookie of the session that a verb has just written.
    pub fn signed_in(&self, new: &NewToken, path: &str) -> Result<HttpResponse, PageError> {
        self.send_token(new)?;
        Ok(self.dropping_held(responses::see_other(path)))
    }

    /// Removes the mark of what somebody typed before, because somebody signs in or out.
    fn dropping_held(&self, mut response: HttpResponse) -> HttpResponse {
        if HeldMark::is_sent(self) {
            let _ = response.add_cookie(&self.cookies.forget(CookieName::Held));
        }
        response
    }

    /// This context after its session got a new id, with identity proven at `fresh_at`.
    ///
    /// The browser gets the new cookie, and an action that goes on in the same request uses the new id.
    pub fn rotated(mut self, new: &NewToken, fresh_at: Option<DateTime<Utc>>) -> Result<Self, PageError> {
        self.send_token(new)?;
        let token = OpaqueToken::parse(new.token.expose_secret())
            .ok_or_else(|| Fault::broken("rotating a session", "no token"))?;
        if let Some(current_player) = &self.current_player {
            let mut renewed = CurrentPlayer::clone(current_player);
            token.hash().as_str().clone_into(&mut renewed.session.token_hash);
            renewed.session.fresh_at = fresh_at;
            let renewed = Rc::new(renewed);
            self.request.extensions_mut().insert(Rc::clone(&renewed));
            self.current_player = Some(renewed);
        }
        Ok(self)
    }

    /// Redirects to `path` with the cookie of a staff session.
    pub fn staff_signed_in(&self, token: &OpaqueToken, path: &str) -> HttpResponse {
        self.dropping_held(self.with_staff_cookie(token, responses::see_other(path)))
    }

    /// This context after the staff session got a new id, with identity proven now.
    #[must_use]
    pub fn staff_rotated(mut self, token: &OpaqueToken) -> Self {
        if let Some(staff) = &self.staff {
            let mut renewed = CurrentStaffMember::clone(staff);
            token.hash().as_str().clone_into(&mut renewed.session.token_hash);
            renewed.session.fresh_at = Some(self.now);
            let renewed = Rc::new(renewed);
            self.request.extensions_mut().insert(Rc::clone(&renewed));
            self.staff = Some(renewed);
        }
        self
    }

    /// Adds the cookie of a staff session to any response.
    pub fn with_staff_cookie(&self, token: &OpaqueToken, mut response: HttpResponse) -> HttpResponse {
        let lasts = self.app.config.sessions.staff().max;
        if let Some(cookie) = self.cookies.write(CookieName::Staff, &token.expose(), self.now, lasts) {
            let _ = response.add_cookie(&cookie);
        }
        response
    }

    /// Redirects to `path` and removes the staff cookie.
    pub fn staff_signed_out(&self, path: &str) -> HttpResponse {
        let mut response = responses::see_other(path);
        let _ = response.add_cookie(&self.cookies.forget(CookieName::Staff));
        self.dropping_held(response)
    }

    /// Notes that the page shows the notice, so that its cookie is removed.
    pub(super) fn mark_flash_shown(&self) {
        self.request.extensions_mut().insert(FlashShown);
    }

    /// Redirects to `path` and removes the session cookie.
    ///
    /// Only for a session that has certainly ended. A request that lost a race would remove the winner's cookie.
    pub fn signed_out(&self, path: &str) -> HttpResponse {
        self.request.get_session().purge();
        self.dropping_held(responses::see_other(path))
    }
}

impl FromRequest for RequestContext {
    type Error = PageError;
    type Future = Ready<Result<Self, PageError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request))
    }
}

/// The language of the player's profile, else of the query, else of the visitor's cookie, else of the browser.
fn language_of(
    request: &HttpRequest,
    cookies: &SealedCookies,
    current_player: Option<&CurrentPlayer>,
    now: DateTime<Utc>,
) -> Language {
    let players = || current_player?.player.language.as_deref().and_then(Language::from_tag);
    let visitors = || {
        let tag: String = cookies.read(request, CookieName::Language, now)?;
        Language::from_tag(&tag)
    };
    let browsers = || {
        let header = request.headers().get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        Language::from_accept_language(header.unwrap_or_default())
    };
    players().or_else(|| chosen_language(request)).or_else(visitors).unwrap_or_else(browsers)
}

/// The language that a link in the footer asks for.
pub(super) fn chosen_language(request: &HttpRequest) -> Option<Language> {
    url::form_urlencoded::parse(request.query_string().as_bytes())
        .find(|(name, _)| name == LANGUAGE)
        .and_then(|(_, tag)| Language::from_tag(&tag))
}

/// The query parameter with which a visitor chooses a language.
pub(super) const LANGUAGE: &str = "language";
