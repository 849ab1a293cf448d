//! A code for tokens.
//!
//! Promises to send a code once, and tokens only from an answer that is right in every field (S49).
//! Refuses to try again, whatever happens: a code may be spent although no answer came (S85).

use std::time::Duration;

use oauth2::{AuthorizationCode, PkceCodeVerifier};
use secrecy::{ExposeSecret as _, SecretString};

use super::http::{LwaCall, LwaResponse};
use super::token_request::{take, taken};
use super::wire::TokenAnswer;
use super::{LwaClient, LwaError, LwaErrorClass, LwaErrorKind};

/// What Amazon gives for a code or a refresh token.
pub struct LwaTokens {
    pub access: SecretString,
    /// Keep the one you have where none comes; where one comes, it is the one to keep (contract, section 8).
    pub refresh: Option<SecretString>,
    /// From the receipt of the answer on; at least a second, at most a day.
    pub expires_in: Duration,
    /// What they are good for, where Amazon says so; else as before.
    pub scope: Option<String>,
}

impl LwaClient {
    /// Spends `code`, with the `verifier` of the same [`super::AuthorizationRequest`].
    ///
    /// [`LwaErrorKind::InvalidGrant`]: the code is unknown, expired, spent, or the pair does not match; no link is
    /// touched by it. A redirect address that Amazon does not know is said the same way.
    pub async fn exchange(
        &self,
        code: &SecretString,
        verifier: &SecretString,
    ) -> Result<LwaTokens, LwaError> {
        let request = self
            .web
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(PkceCodeVerifier::new(verifier.expose_secret().to_owned()))
            .request(&take);
        let answer = self.egress.ask(LwaCall::Exchange, taken(request)?).await?;
        tokens(&answer)
    }
}

/// The judgement on an answer of the token endpoint, the same for both grants.
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
        Ok(class) if class.blames_our_client() => answer.error(LwaErrorKind::Misconfigured, class),
        Ok(class) => answer.unavailable(class),
        Err(error) => error,
    }
}
