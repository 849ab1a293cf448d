//! The portal's small cookies: encrypted, short-lived, and with the same attributes (S27).
//!
//! The session cookie belongs to actix-session. [`SealedCookies`] reads and writes all others.

use actix_web::HttpRequest;
use actix_web::cookie::time::Duration;
use actix_web::cookie::{Cookie, CookieJar, Key, SameSite};
use actix_web::http::header::{COOKIE, HeaderMap, HeaderValue};
use chrono::{DateTime, TimeDelta, Utc};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::text_enum;

text_enum! {
    /// The encrypted cookies.
    pub enum CookieName {
        /// A random value to which CSRF tokens of visitors and open attempts are bound.
        Browser = "browser",
        /// One notice for the next page.
        Flash = "flash",
        /// The outcome of the last sign-in with Amazon.
        Outcome = "outcome",
        /// The action that began when fresh proof of identity was asked for.
        Interrupted = "interrupted",
        /// Marks a browser for which the page of a refused form is held.
        Held = "held",
        /// The token of a mailed link, between opening the link and sending the form (S47).
        Mailed = "mailed",
        /// Who has signed in to an account that closes, and may keep or delete it.
        Closing = "closing",
        /// Marks a browser that has signed in to the account before (S16).
        Device = "device",
        /// Marks a browser in which players are not asked for the second factor at sign-in.
        Remembered = "remembered",
        /// The secret of a second factor, until its first code has turned it on.
        SecondFactorSetUp = "second_factor_set_up",
        /// New recovery codes of a player, until the page has shown them once.
        PlayerRecoveryCodes = "player_recovery_codes",
        /// The language that a visitor chose in the footer.
        Language = "language",
        /// The session of a member of staff, separate from any player's.
        Staff = "staff",
        /// A member of staff who gave the password and has yet to give the code.
        StaffPending = "staff_pending",
        /// The token of a staff enrolment, kept out of the address bar (S47).
        Enrolment = "enrolment",
        /// New recovery codes, until the page has shown them once.
        RecoveryCodes = "recovery_codes",
        /// Marks a browser in which the member of staff has signed in before (S16).
        StaffDevice = "staff_device",
    }
}

/// The name of actix-session's cookie, here so that all names are in one place.
pub const SESSION: &str = "session";

/// Browsers accept a cookie of this prefix only over TLS, for this very host and all its paths.
const HOST_PREFIX: &str = "__Host-";

impl CookieName {
    fn same_site(self) -> SameSite {
        // Only the portal's own sign-in form needs the device cookie. `Lax` cookies also arrive when the browser
        // returns from Amazon.
        if self == Self::Device { SameSite::Strict } else { SameSite::Lax }
    }
}

/// A cookie for a response.
pub type OutgoingCookie = Cookie<'static>;

/// Reads and writes the encrypted cookies.
#[derive(Clone)]
pub struct SealedCookies {
    key: Key,
    is_secure: bool,
}

#[derive(Serialize, Deserialize)]
struct DatedValue<T> {
    until: DateTime<Utc>,
    value: T,
}

impl SealedCookies {
    /// `key` is the key of `KeyPurpose::Cookies`; `is_secure` says whether the public URL is HTTPS.
    pub fn new(key: &[u8; 64], is_secure: bool) -> Self {
        Self { key: Key::from(key), is_secure }
    }

    /// The key and the cookie name for actix-session.
    pub fn session_cookie(&self) -> (Key, String) {
        (self.key.clone(), self.full_name(SESSION))
    }

    pub fn is_secure(&self) -> bool {
        self.is_secure
    }

    /// Keeps the portal's own cookies in the request, removes all others, and says whether the browser sent any.
    ///
    /// A name that occurs twice may come from an attacker: then no cookie is kept, and the request is anonymous (S27).
    /// Unreadable cookies of other hosts are skipped, because one of them makes `HttpRequest::cookies` fail. That
    /// method also caches its result, so this one has to run first.
    pub fn keep_ours(&self, headers: &mut HeaderMap) -> bool {
        let ours = self.ours(headers);
        headers.remove(COOKIE);
        let are_sent = ours.as_ref().is_none_or(|line| !line.is_empty());
        let ours = ours.filter(|line| !line.is_empty());
        if let Some(line) = ours.and_then(|line| HeaderValue::from_bytes(&line).ok()) {
            headers.insert(COOKIE, line);
        }
        are_sent
    }

    /// Whether the browser sent any cookie of the portal's, readable or not.
    pub fn are_sent(&self, headers: &HeaderMap) -> bool {
        self.ours(headers).is_none_or(|kept| !kept.is_empty())
    }

    /// The portal's readable cookies as one header value. `None` if one of its names occurs twice.
    fn ours(&self, headers: &HeaderMap) -> Option<Vec<u8>> {
        let (mut seen, mut kept) = (Vec::new(), Vec::new());
        for pair in headers.get_all(COOKIE).flat_map(|line| line.as_bytes().split(|byte| *byte == b';')) {
            let pair = pair.trim_ascii();
            let Some(end) = pair.iter().position(|byte| *byte == b'=') else { continue };
            let name = pair.get(..end).unwrap_or_default().trim_ascii_end();
            if !self.is_ours(name) {
                continue;
            }
            if seen.contains(&name) {
                return None;
            }
            seen.push(name);
            let text = std::str::from_utf8(pair).ok();
            if text.is_some_and(|text| Cookie::parse_encoded(text).is_ok()) {
                kept.push(pair);
            }
        }
        Some(kept.join(b"; ".as_slice()))
    }

    /// Whether this is the full name of a cookie of the portal's.
    fn is_ours(&self, name: &[u8]) -> bool {
        let bare = if self.is_secure { name.strip_prefix(HOST_PREFIX.as_bytes()) } else { Some(name) };
        let is_known = |bare| CookieName::ALL.iter().any(|known| known.as_str().as_bytes() == bare);
        bare.is_some_and(|bare| bare == SESSION.as_bytes() || is_known(bare))
    }

    /// The value, if the portal wrote the cookie, nobody changed it, and it has not expired.
    pub fn read<T: DeserializeOwned>(
        &self,
        request: &HttpRequest,
        name: CookieName,
        now: DateTime<Utc>,
    ) -> Option<T> {
        let full_name = self.full_name(name.as_str());
        let cookies = request.cookies().ok()?;
        let cookie = cookies.iter().find(|cookie| cookie.name() == full_name)?;
        let opened = CookieJar::new().private(&self.key).decrypt(cookie.clone())?;
        let dated: DatedValue<T> = serde_json::from_str(opened.value()).ok()?;
        (dated.until > now).then_some(dated.value)
    }

    /// A cookie with `value` for `lasts`. `None` if it would not fit into 4 KiB.
    pub fn write<T: Serialize>(
        &self,
        name: CookieName,
        value: &T,
        now: DateTime<Utc>,
        lasts: TimeDelta,
    ) -> Option<Cookie<'static>> {
        let text = serde_json::to_string(&DatedValue { until: now + lasts, value }).ok()?;
        let mut cookie = self.shaped(name, text);
        cookie.set_max_age(Duration::seconds(lasts.num_seconds()));
        let mut jar = CookieJar::new();
        jar.private_mut(&self.key).add(cookie);
        let sealed = jar.get(&self.full_name(name.as_str()))?.clone();
        (sealed.encoded().to_string().len() < 4096).then_some(sealed)
    }

    /// A cookie that removes `name` from the browser.
    pub fn forget(&self, name: CookieName) -> Cookie<'static> {
        let mut cookie = self.shaped(name, String::new());
        cookie.make_removal();
        cookie
    }

    fn shaped(&self, name: CookieName, value: String) -> Cookie<'static> {
        Cookie::build(self.full_name(name.as_str()), value)
            .path("/")
            .secure(self.is_secure)
            .http_only(true)
            .same_site(name.same_site())
            .finish()
    }

    fn full_name(&self, bare: &str) -> String {
        if self.is_secure { format!("{HOST_PREFIX}{bare}") } else { bare.to_owned() }
    }
}
