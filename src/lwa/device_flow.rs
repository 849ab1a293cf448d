//! Linking by code: code pairs and polls (docs/protocols/login-with-amazon.md#codes-for-tvs-and-consoles).
//!
//! A pair is returned only if the response is right in every field (S49). Each outcome of a poll has its own
//! [`DeviceTokenAnswer`], so that waiting is no error. The device code is a secret and is never shown.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Url, form_urlencoded};

use super::call_limits::CallShare;
use super::http::{LwaCall, LwaResponse};
use super::token::tokens;
use super::wire::CodePairAnswer;
use super::{ClientRegistration, LwaClient, LwaError, LwaErrorClass, LwaErrorKind, LwaTokens};

/// Two codes: the person types one at Amazon, the portal polls with both.
pub struct CodePair {
    /// Shown to the person. It gives nothing without their consent.
    pub user_code: String,
    /// A secret: the two codes together give the tokens.
    pub device_code: SecretString,
    /// The page where the person types the code.
    pub verification_uri: Url,
    /// Lifetime of the pair from the receipt of the response: one second to one day.
    pub expires_in: Duration,
    /// The least time between two polls.
    pub interval: Duration,
}

/// The outcome of one poll.
pub enum DeviceTokenAnswer {
    /// The person has not typed the code yet.
    Pending,
    /// Still pending, and the interval grows by five seconds (RFC 8628 §3.5).
    SlowDown,
    /// The person declined.
    Denied,
    /// The pair has expired or is spent. Amazon answers both cases alike.
    Expired,
    /// The person agreed. The pair is spent.
    Tokens(LwaTokens),
}

impl LwaClient {
    /// Whether a client for linking by code is configured.
    pub fn has_device_client(&self) -> bool {
        self.device.is_some()
    }

    /// Requests a pair with the scopes that every request asks for.
    ///
    /// [`LwaErrorKind::Misconfigured`]: there is no device client, or Amazon rejects it.
    pub async fn request_code_pair(&self) -> Result<CodePair, LwaError> {
        let id = self.client_id(ClientRegistration::Device);
        let id = id.ok_or(LwaError::new(LwaErrorKind::Misconfigured, LwaErrorClass::NoDeviceClient))?;
        let scope = self.settings.scopes.join(" ");
        let form = [("response_type", "device_code"), ("client_id", id), ("scope", &scope)];
        let answer = self
            .http
            .send_limited(
                LwaCall::CodePair,
                CallShare::Games,
                form_request(&self.settings.endpoints.codepair, &form),
            )
            .await?;
        if answer.status != 200 {
            return Err(refused(&answer));
        }
        let read: CodePairAnswer = answer.json()?;
        let is_fit = read.verification_uri.scheme() == "https" || !self.settings.only_https;
        if !is_fit {
            return Err(answer.unavailable(LwaErrorClass::Malformed));
        }
        Ok(CodePair {
            user_code: read.user_code,
            device_code: read.device_code,
            verification_uri: read.verification_uri,
            expires_in: read.expires_in,
            interval: read.interval,
        })
    }

    /// Polls for the outcome of a pair. The caller waits for the interval between two polls.
    pub async fn poll_code_pair(
        &self,
        device_code: &SecretString,
        user_code: &str,
    ) -> Result<DeviceTokenAnswer, LwaError> {
        let form = [
            ("grant_type", "device_code"),
            ("device_code", device_code.expose_secret()),
            ("user_code", user_code),
        ];
        let answer = self
            .http
            .send_limited(
                LwaCall::Poll,
                CallShare::Workers,
                form_request(&self.settings.endpoints.token, &form),
            )
            .await?;
        if answer.status == 200 {
            return tokens(&answer).map(DeviceTokenAnswer::Tokens);
        }
        match answer.refusal()? {
            LwaErrorClass::AuthorizationPending => Ok(DeviceTokenAnswer::Pending),
            LwaErrorClass::SlowDown => Ok(DeviceTokenAnswer::SlowDown),
            LwaErrorClass::AccessDenied => Ok(DeviceTokenAnswer::Denied),
            LwaErrorClass::InvalidCodePair | LwaErrorClass::ExpiredToken | LwaErrorClass::InvalidGrant
                if answer.status == 400 =>
            {
                Ok(DeviceTokenAnswer::Expired)
            }
            class if class.rejects_our_client() => Err(answer.error(LwaErrorKind::Misconfigured, class)),
            class => Err(answer.unavailable(class)),
        }
    }
}

/// Builds the request without the `oauth2` crate, which implements RFC 8628; Amazon differs from it.
fn form_request(url: &Url, form: &[(&str, &str)]) -> reqwest::Request {
    let mut request = reqwest::Request::new(Method::POST, url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    *request.body_mut() = Some(body.into());
    request
}

/// `InvalidValue` means a wrong setting, because the request contains nothing but our own settings.
fn refused(answer: &LwaResponse) -> LwaError {
    match answer.refusal() {
        Ok(class) if class.rejects_our_client() || class == LwaErrorClass::InvalidValue => {
            answer.error(LwaErrorKind::Misconfigured, class)
        }
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    }
}
