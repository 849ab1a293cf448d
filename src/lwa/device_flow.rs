//! Code-based linking: a code for a person with a phone, and the question whether it was typed (contract, section 16).
//!
//! Promises a pair only from an answer that is right in every field (S49), and every ending of a pair as an
//! [`DeviceTokenAnswer`] of its own: waiting is no error. Refuses to show the device code, which is a secret.

use std::time::Duration;

use reqwest::Method;
use reqwest::header::{ACCEPT, CONTENT_TYPE, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::{Url, form_urlencoded};

use super::http::{LwaCall, LwaResponse};
use super::token::tokens;
use super::wire::CodePairAnswer;
use super::{ClientRegistration, LwaClient, LwaError, LwaErrorClass, LwaErrorKind, LwaTokens};

/// A code that a person types at Amazon, and what we ask with meanwhile.
pub struct CodePair {
    /// Shown to the person; good for nothing without their consent.
    pub user_code: String,
    /// Whoever has it gets the tokens.
    pub device_code: SecretString,
    /// Where the code is typed.
    pub verification_uri: Url,
    /// From the receipt of the answer on; at least a second, at most a day.
    pub expires_in: Duration,
    /// The least time between two questions.
    pub interval: Duration,
}

/// How a pair fares.
pub enum DeviceTokenAnswer {
    /// Nobody has typed the code yet.
    Pending,
    /// The same, and the time between two questions grows by five seconds (RFC 8628 §3.5).
    SlowDown,
    /// The person said no.
    Denied,
    /// Its time is over, or it is spent: Amazon says the same to both.
    Expired,
    /// The person said yes. The pair is spent.
    Tokens(LwaTokens),
}

impl LwaClient {
    /// Whether there is a client to link by code with.
    pub fn links_by_code(&self) -> bool {
        self.device.is_some()
    }

    /// Asks for a pair with the scopes every trip asks for.
    ///
    /// [`LwaErrorKind::Misconfigured`]: there is no device client, or Amazon refuses it.
    pub async fn code_pair(&self) -> Result<CodePair, LwaError> {
        let id = self.client_id(ClientRegistration::Device);
        let id = id.ok_or(LwaError::new(LwaErrorKind::Misconfigured, LwaErrorClass::NoDeviceClient))?;
        let scope = self.settings.scopes.join(" ");
        let form = [("response_type", "device_code"), ("client_id", id), ("scope", &scope)];
        let answer =
            self.egress.ask(LwaCall::CodePair, post(&self.settings.endpoints.codepair, &form)).await?;
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

    /// Asks how a pair fares. Not sooner than its interval after the question before.
    pub async fn ask_pair(
        &self,
        device_code: &SecretString,
        user_code: &str,
    ) -> Result<DeviceTokenAnswer, LwaError> {
        let form = [
            ("grant_type", "device_code"),
            ("device_code", device_code.expose_secret()),
            ("user_code", user_code),
        ];
        let answer = self.egress.ask(LwaCall::Poll, post(&self.settings.endpoints.token, &form)).await?;
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
            class if class.blames_our_client() => Err(answer.error(LwaErrorKind::Misconfigured, class)),
            class => Err(answer.unavailable(class)),
        }
    }
}

/// The crate has no words for either call: it knows RFC 8628 only, which Amazon is not (contract, section 16).
fn post(url: &Url, form: &[(&str, &str)]) -> reqwest::Request {
    let mut request = reqwest::Request::new(Method::POST, url.clone());
    let headers = request.headers_mut();
    headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    *request.body_mut() = Some(body.into());
    request
}

/// Nothing but our own settings stands in the question for a pair.
fn refused(answer: &LwaResponse) -> LwaError {
    match answer.refusal() {
        Ok(class) if class.blames_our_client() || class == LwaErrorClass::InvalidValue => {
            answer.error(LwaErrorKind::Misconfigured, class)
        }
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    }
}
