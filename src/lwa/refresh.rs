//! A refresh token for new tokens.
//!
//! Promises [`Kind::InvalidGrant`](super::Kind::InvalidGrant) for the one exact answer that means "revoked"
//! and for no other (S67). Refuses to repeat a request that may have arrived: a token that rotates would be lost.

use oauth2::RefreshToken;
use secrecy::{ExposeSecret as _, SecretString};

use super::http::LwaCall;
use super::token::tokens;
use super::token_request::{take, taken};
use super::{ClientRegistration, LwaClient, LwaError, LwaTokens};

impl LwaClient {
    /// Renews the tokens that `registration` got. Tried once more only if Amazon could not be reached at all.
    pub async fn refresh(
        &self,
        token: &SecretString,
        registration: ClientRegistration,
    ) -> Result<LwaTokens, LwaError> {
        let token = RefreshToken::new(token.expose_secret().to_owned());
        let request = self.oauth(registration)?.exchange_refresh_token(&token).request(&take);
        let answer = self.egress.ask(LwaCall::Refresh, taken(request)?).await?;
        tokens(&answer)
    }
}
