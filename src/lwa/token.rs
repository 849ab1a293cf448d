//! The code exchange: tokens for an authorization code.
//!
//! Tokens are accepted only from a response that is right in every field (S49). A code is sent once and never again,
//! because it may be spent although no response came (S85).

use std::time::Duration;

use oauth2::{AuthorizationCode, PkceCodeVerifier};
use secrecy::{ExposeSecret as _, SecretString};

use super::call_limits::CallShare;
use super::http::{LwaCall, LwaResponse};
use super::token_request::{capture_request, captured_request};
use super::wire::TokenAnswer;
use super::{LwaClient, LwaError, LwaErrorClass, LwaErrorKind};

/// The tokens of a successful token response.
pub struct LwaTokens {
    pub access: SecretString,
    /// If present, it replaces the stored refresh token; if absent, the stored one stays valid.
    pub refresh: Option<SecretString>,
    /// Lifetime, one second to one day. Callers count it from before the request (S88).
    pub expires_in: Duration,
    /// The granted scope, if Amazon names it; otherwise it is unchanged.
    pub scope: Option<String>,
}

impl LwaClient {
    /// Exchanges `code`, with the `verifier` of the same [`super::authorize::AuthorizationRequest`].
    ///
    /// [`LwaErrorKind::InvalidGrant`]: the code is unknown, expired or spent, or the verifier does not match. Amazon
    /// answers an unknown redirect URI in the same way. No link changes.
    pub async fn exchange(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<LwaTokens, LwaError> {
        let request = self
            .web
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request(&capture_request);
        let answer = self
            .http
            .send_limited(LwaCall::Exchange, CallShare::Browsers, captured_request(request)?)
            .await?;
        tokens(&answer)
    }
}

/// Checks a response of the token endpoint; the same for all grants.
pub(super) fn tokens(answer: &LwaResponse) -> Result<LwaTokens, LwaError> {
    if answer.status != 200 {
        return Err(refused(answer));
    }
    let read: TokenAnswer = answer.json()?;
    if !read.token_type.eq_ignore_ascii_case("bearer") {
        return Err(answer.unavailable(LwaErrorClass::Malformed));
    }
    Ok(LwaTokens {
        access: read.access_token,
        refresh: read.refresh_token,
        expires_in: read.expires_in,
        scope: read.scope,
    })
}

fn refused(answer: &LwaResponse) -> LwaError {
    match answer.refusal() {
        Ok(LwaErrorClass::InvalidGrant) if answer.status == 400 => {
            answer.error(LwaErrorKind::InvalidGrant, LwaErrorClass::InvalidGrant)
        }
        Ok(class) if class.rejects_our_client() => answer.error(LwaErrorKind::Misconfigured, class),
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    }
}
