//! The refresh grant: new tokens for a refresh token.
//!
//! [`InvalidGrant`](super::LwaErrorKind::InvalidGrant) stands for the one exact response that means "revoked"
//! (S67). A request that may have arrived is never repeated, because a rotated token would be lost.

use oauth2::RefreshToken;
use secrecy::{ExposeSecret as _, SecretString};

use super::call_limits::CallShare;
use super::http::LwaCall;
use super::token::tokens;
use super::token_request::{capture_request, captured_request};
use super::{ClientRegistration, LwaClient, LwaError, LwaTokens};

impl LwaClient {
    /// Renews the tokens of `registration`. The request is repeated once, only if no connection was made.
    pub async fn refresh(
        &self,
        token: &SecretString,
        registration: ClientRegistration,
    ) -> Result<LwaTokens, LwaError> {
        let token = RefreshToken::new(token.expose_secret().to_owned());
        let request = self.oauth(registration)?.exchange_refresh_token(&token).request(&capture_request);
        let answer =
            self.http.send_limited(LwaCall::Refresh, CallShare::Workers, captured_request(request)?).await?;
        tokens(&answer)
    }
}
