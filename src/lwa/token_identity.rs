//! The identity behind an access token: tokeninfo and profile.
//!
//! A token must be issued to an accepted client, be unexpired, and belong to the customer of its profile (S50, S73).
//! A token of another client never leads to a profile request.

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use tokio::time::{Instant, timeout_at};
use url::Url;

use super::call_limits::{CallShare, CallTurn};
use super::http::{LwaCall, LwaResponse};
use super::token_request::not_sendable;
use super::wire::{ProfileAnswer, TokenInfoAnswer, is_token};
use super::{ClientRegistration, LwaClient, LwaError, LwaErrorClass, LwaErrorKind};
use crate::platform::metrics::Contradiction;

/// The response of `tokeninfo`.
pub struct TokenInfo {
    /// The client that the token was issued to.
    pub audience: String,
    pub issuer: String,
    pub user_id: String,
    /// Remaining lifetime, not a date. Zero or less means expired.
    pub seconds_left: i64,
    request_id: Option<String>,
}

/// The response of `profile`.
#[derive(Clone)]
pub struct Profile {
    /// Opaque, 1 to 255 bytes; compared byte for byte.
    pub user_id: String,
    /// For display only, at most 100 characters (S52).
    pub name: Option<String>,
    /// Unverified, as Amazon has it today; at most 254 bytes (S52, S59).
    pub email: Option<String>,
    /// Of the primary shipping address; always `None` if the settings do not ask for it.
    pub postal_code: Option<String>,
    request_id: Option<String>,
}

/// A customer, proven by a token.
pub struct TokenIdentity {
    /// Opaque, 1 to 255 bytes; compared byte for byte.
    pub user_id: String,
    /// For display only, at most 100 characters (S52).
    pub name: Option<String>,
    /// Unverified, as Amazon has it today; at most 254 bytes (S52, S59).
    pub email: Option<String>,
    /// Always `None` if the settings do not ask for it.
    pub postal_code: Option<String>,
    /// The client that the token was issued to: one of the audiences.
    pub client_id: String,
    /// Remaining lifetime, above zero.
    pub seconds_left: i64,
}

/// The source of a token. It decides what another app's token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProvenance {
    /// Amazon gave it to this registration of ours. Any other audience is a contradiction.
    Exchanged(ClientRegistration),
    /// A game or phone presented it. Any audience of the list is accepted; another one makes the token invalid.
    Presented,
}

impl LwaClient {
    /// Proves who a token belongs to, within [`LwaLimits::identify`](super::LwaLimits::identify).
    ///
    /// [`LwaErrorKind::NotAuthentic`]: the token is malformed, expired, or a presented token of another app.
    /// [`LwaErrorKind::Contradiction`]: issuer or customer do not match; after an exchange also audience or lifetime.
    pub async fn identify(
        &self,
        access: &SecretString,
        from: TokenProvenance,
    ) -> Result<TokenIdentity, LwaError> {
        self.identify_until(Instant::now() + self.settings.limits.identify, access, from).await
    }

    /// Does the same as [`LwaClient::identify`] for a presented token, with few of one network at once (S84).
    pub async fn identify_presented(
        &self,
        access: &SecretString,
        network: &str,
    ) -> Result<TokenIdentity, LwaError> {
        let until = Instant::now() + self.settings.limits.identify;
        let _turn = self.http.wait_for_network(network).await?;
        self.identify_until(until, access, TokenProvenance::Presented).await
    }

    async fn identify_until(
        &self,
        until: Instant,
        access: &SecretString,
        from: TokenProvenance,
    ) -> Result<TokenIdentity, LwaError> {
        let share = match from {
            TokenProvenance::Exchanged(ClientRegistration::Web) => CallShare::Browsers,
            TokenProvenance::Exchanged(ClientRegistration::Device) => CallShare::Workers,
            TokenProvenance::Presented => CallShare::Games,
        };
        let turn = self.http.wait_for_turn(LwaCall::TokenInfo, share).await?;
        let left = until.saturating_duration_since(Instant::now());
        let proof = timeout_at(until, self.prove_identity(&turn, access, from)).await;
        proof.unwrap_or_else(|_| {
            // Where the wait for the turn took the time, Amazon did not fail.
            if left >= self.settings.limits.identify / 2 {
                self.http.breaker.count_failure();
            }
            Err(LwaError::unavailable(LwaErrorClass::Timeout))
        })
    }

    async fn prove_identity(
        &self,
        turn: &CallTurn,
        access: &SecretString,
        from: TokenProvenance,
    ) -> Result<TokenIdentity, LwaError> {
        let info = self.token_info(turn, access).await?;
        self.check_token_info(&info, from)?;
        let profile = self.profile(turn, access).await?;
        if profile.user_id != info.user_id {
            return Err(self.wrong_user(profile.request_id));
        }
        let Profile { user_id, name, email, postal_code, .. } = profile;
        let (client_id, seconds_left) = (info.audience, info.seconds_left);
        Ok(TokenIdentity { user_id, name, email, postal_code, client_id, seconds_left })
    }

    /// Reads today's profile of a linked customer with the link's own access token.
    ///
    /// [`LwaErrorKind::Contradiction`]: the profile is another customer's than `user_id`.
    pub async fn read_profile(&self, access: &SecretString, user_id: &str) -> Result<Profile, LwaError> {
        let turn = self.http.wait_for_turn(LwaCall::Profile, CallShare::Workers).await?;
        let profile = self.profile(&turn, access).await?;
        if profile.user_id == user_id { Ok(profile) } else { Err(self.wrong_user(profile.request_id)) }
    }

    fn wrong_user(&self, request_id: Option<String>) -> LwaError {
        self.http.metrics.amazon_contradictions.add(Contradiction::WrongUser);
        LwaError::new(LwaErrorKind::Contradiction, LwaErrorClass::WrongUser).of_request(request_id)
    }

    fn check_token_info(&self, info: &TokenInfo, from: TokenProvenance) -> Result<(), LwaError> {
        let refused = |kind, class| LwaError::new(kind, class).of_request(info.request_id.clone());
        let note = |kind, what| {
            if kind == LwaErrorKind::Contradiction {
                self.http.metrics.amazon_contradictions.add(what);
            }
        };
        if info.issuer != self.settings.issuer {
            note(LwaErrorKind::Contradiction, Contradiction::WrongIssuer);
            return Err(refused(LwaErrorKind::Contradiction, LwaErrorClass::WrongIssuer));
        }
        let (is_ours, otherwise) = match from {
            TokenProvenance::Exchanged(registration) => {
                (self.client_id(registration) == Some(&info.audience), LwaErrorKind::Contradiction)
            }
            TokenProvenance::Presented => {
                (self.settings.audiences.contains(&info.audience), LwaErrorKind::NotAuthentic)
            }
        };
        if !is_ours {
            note(otherwise, Contradiction::WrongAudience);
            return Err(refused(otherwise, LwaErrorClass::WrongAudience));
        }
        if info.seconds_left <= 0 {
            note(otherwise, Contradiction::Expired);
            return Err(refused(otherwise, LwaErrorClass::Expired));
        }
        Ok(())
    }

    /// Calls `tokeninfo` without checking the content, which [`LwaClient::identify`] does.
    pub(super) async fn token_info(
        &self,
        turn: &CallTurn,
        access: &SecretString,
    ) -> Result<TokenInfo, LwaError> {
        let request = in_query(&self.settings.endpoints.tokeninfo, sendable(access)?);
        let answer = self.http.send_in_turn(LwaCall::TokenInfo, turn, request).await?;
        let TokenInfoAnswer { iss, user_id, aud, exp } = read_body(&answer)?;
        Ok(TokenInfo {
            audience: aud,
            issuer: iss,
            user_id,
            seconds_left: exp,
            request_id: answer.request_id,
        })
    }

    /// Reads the profile. The caller has checked the audience of the token before.
    pub(super) async fn profile(&self, turn: &CallTurn, access: &SecretString) -> Result<Profile, LwaError> {
        let request = in_header(&self.settings.endpoints.profile, sendable(access)?)?;
        let answer = self.http.send_in_turn(LwaCall::Profile, turn, request).await?;
        let ProfileAnswer { user_id, name, email, postal_code } = read_body(&answer)?;
        let postal_code = postal_code.filter(|_| self.asks_postal_code());
        Ok(Profile { user_id, name, email, postal_code, request_id: answer.request_id })
    }
}

/// The token, if its form allows sending it.
fn sendable(access: &SecretString) -> Result<&str, LwaError> {
    let access = access.expose_secret();
    if is_token(access) {
        Ok(access)
    } else {
        Err(LwaError::new(LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidToken))
    }
}

/// Builds a request with the token in its URL, the only form that Amazon documents for `tokeninfo`.
///
/// Such a request and its URL are never printed; an error keeps only an [`LwaErrorClass`] (S72).
pub(super) fn in_query(url: &Url, token: &str) -> reqwest::Request {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("access_token", token);
    get(url)
}

/// Builds a request with the token in a header, which access logs do not record (S72).
fn in_header(url: &Url, token: &str) -> Result<reqwest::Request, LwaError> {
    let mut token = HeaderValue::from_str(token).map_err(|_| not_sendable())?;
    token.set_sensitive(true);
    let mut request = get(url.clone());
    request.headers_mut().insert("x-amz-access-token", token);
    Ok(request)
}

fn get(url: Url) -> reqwest::Request {
    let mut request = reqwest::Request::new(Method::GET, url);
    request.headers_mut().insert(ACCEPT, HeaderValue::from_static("application/json"));
    request
}

/// Checks the response to a request with an access token.
fn read_body<T: serde::de::DeserializeOwned>(answer: &LwaResponse) -> Result<T, LwaError> {
    if answer.status == 200 {
        return answer.json();
    }
    Err(match answer.refusal() {
        Ok(LwaErrorClass::InsufficientScope) => {
            answer.error(LwaErrorKind::ScopeMissing, LwaErrorClass::InsufficientScope)
        }
        Ok(LwaErrorClass::InvalidToken) => {
            answer.error(LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidToken)
        }
        // The request contains nothing but the token, so the token was malformed.
        Ok(LwaErrorClass::InvalidRequest) if answer.status == 400 => {
            answer.error(LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidRequest)
        }
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    })
}
