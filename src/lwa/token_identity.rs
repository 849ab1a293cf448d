//! Whose token it is.
//!
//! Promises an [`TokenIdentity`] only after Amazon said that the token was made for a client we believe, is alive,
//! and belongs to the very customer whose profile it opens (S50, S73). Refuses the rest, and asks for no profile
//! with a token made for someone else.

use reqwest::Method;
use reqwest::header::{ACCEPT, HeaderValue};
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use super::http::{LwaCall, LwaResponse};
use super::token_request::not_sendable;
use super::wire::{ProfileAnswer, TokenInfoAnswer, is_token};
use super::{ClientRegistration, LwaClient, LwaError, LwaErrorClass, LwaErrorKind};

/// What `tokeninfo` says of a token.
pub struct TokenInfo {
    /// The client it was made for.
    pub audience: String,
    pub issuer: String,
    pub user_id: String,
    /// Not a date. Zero or less: it has ended.
    pub seconds_left: i64,
    request_id: Option<String>,
}

/// What `profile` says of a customer.
pub struct Profile {
    /// Opaque, 1 to 255 bytes; compare whole, never fold case.
    pub user_id: String,
    /// For display only, at most 100 characters (S52).
    pub name: Option<String>,
    /// Unproven, as it stands at Amazon today; at most 254 bytes (S52, S59).
    pub email: Option<String>,
    request_id: Option<String>,
}

/// A customer, proven by a token.
pub struct TokenIdentity {
    /// Opaque, 1 to 255 bytes; compare whole, never fold case.
    pub user_id: String,
    /// For display only, at most 100 characters (S52).
    pub name: Option<String>,
    /// Unproven, as it stands at Amazon today; at most 254 bytes (S52, S59).
    pub email: Option<String>,
    /// The client the token was made for: one of the audiences.
    pub client_id: String,
    /// How long the token still lives; more than none.
    pub seconds_left: i64,
}

/// How we came by a token, which decides what another app's token means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenProvenance {
    /// Amazon gave it to this registration of ours; any other audience is a contradiction.
    Exchanged(ClientRegistration),
    /// A game or phone gave it to us; any audience of the list will do, another is a bad token.
    HandedOver,
}

impl LwaClient {
    /// Proves who a token belongs to, within [`Limits::identify`](super::Limits::identify).
    ///
    /// [`LwaErrorKind::NotAuthentic`]: bad, expired, or handed over from another app.
    /// [`LwaErrorKind::Contradiction`]: issuer, customer or, after an exchange, audience or lifetime do not fit.
    pub async fn identify(
        &self,
        access: &SecretString,
        from: TokenProvenance,
    ) -> Result<TokenIdentity, LwaError> {
        let limit = self.settings.limits.identify;
        let proof = tokio::time::timeout(limit, self.prove(access, from));
        proof.await.unwrap_or_else(|_| {
            self.egress.circuit.failed();
            Err(LwaError::unavailable(LwaErrorClass::Timeout))
        })
    }

    async fn prove(&self, access: &SecretString, from: TokenProvenance) -> Result<TokenIdentity, LwaError> {
        let info = self.whose(access).await?;
        self.believe(&info, from)?;
        let profile = self.profile(access).await?;
        if profile.user_id != info.user_id {
            return Err(LwaError::new(LwaErrorKind::Contradiction, LwaErrorClass::WrongUser)
                .of_request(profile.request_id));
        }
        let Profile { user_id, name, email, .. } = profile;
        Ok(TokenIdentity { user_id, name, email, client_id: info.audience, seconds_left: info.seconds_left })
    }

    fn believe(&self, info: &TokenInfo, from: TokenProvenance) -> Result<(), LwaError> {
        let refused = |kind, class| LwaError::new(kind, class).of_request(info.request_id.clone());
        if info.issuer != self.settings.issuer {
            return Err(refused(LwaErrorKind::Contradiction, LwaErrorClass::WrongIssuer));
        }
        let (is_ours, otherwise) = match from {
            TokenProvenance::Exchanged(registration) => {
                (self.client_id(registration) == Some(&info.audience), LwaErrorKind::Contradiction)
            }
            TokenProvenance::HandedOver => {
                (self.settings.audiences.contains(&info.audience), LwaErrorKind::NotAuthentic)
            }
        };
        if !is_ours {
            return Err(refused(otherwise, LwaErrorClass::WrongAudience));
        }
        if info.seconds_left <= 0 {
            return Err(refused(otherwise, LwaErrorClass::Expired));
        }
        Ok(())
    }

    /// Asks `tokeninfo`, and believes nothing of it yet: see [`LwaClient::identify`].
    pub async fn whose(&self, access: &SecretString) -> Result<TokenInfo, LwaError> {
        let request = in_query(&self.settings.endpoints.tokeninfo, sendable(access)?);
        let answer = self.egress.ask(LwaCall::TokenInfo, request).await?;
        let TokenInfoAnswer { iss, user_id, aud, exp } = opened(&answer)?;
        Ok(TokenInfo {
            audience: aud,
            issuer: iss,
            user_id,
            seconds_left: exp,
            request_id: answer.request_id,
        })
    }

    /// Reads the profile with a token already known to be ours.
    pub async fn profile(&self, access: &SecretString) -> Result<Profile, LwaError> {
        let request = in_header(&self.settings.endpoints.profile, sendable(access)?)?;
        let answer = self.egress.ask(LwaCall::Profile, request).await?;
        let ProfileAnswer { user_id, name, email } = opened(&answer)?;
        Ok(Profile { user_id, name, email, request_id: answer.request_id })
    }
}

/// The token, if it can be one at all.
fn sendable(access: &SecretString) -> Result<&str, LwaError> {
    let access = access.expose_secret();
    if is_token(access) {
        Ok(access)
    } else {
        Err(LwaError::new(LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidToken))
    }
}

/// A request with the token in its address: the only form that Amazon documents for `tokeninfo` (contract, section 11).
/// Nothing may print such a request or its address; what goes wrong is kept as a [`LwaErrorClass`] only (S72).
pub(super) fn in_query(url: &Url, token: &str) -> reqwest::Request {
    let mut url = url.clone();
    url.query_pairs_mut().append_pair("access_token", token);
    get(url)
}

/// A request that shows the token in a header, where no access log looks (S72).
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

/// The judgement on an answer to a presented token.
fn opened<T: serde::de::DeserializeOwned>(answer: &LwaResponse) -> Result<T, LwaError> {
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
        // The token is all there is in our request, so it is what was malformed (contract, section 12).
        Ok(LwaErrorClass::InvalidRequest) if answer.status == 400 => {
            answer.error(LwaErrorKind::NotAuthentic, LwaErrorClass::InvalidRequest)
        }
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    })
}
